/**
 * What a file is, as far as its content goes.
 *
 * @module
 */

import type { FileDetails } from "../../protocol/messages.ts";
import type { FileState } from "./file_state.ts";

/** What hashing a file has shown. */
export interface Identity {
  /** Its id in hexadecimal. */
  readonly id: string;
  /** The hashes of its pieces, one after the other. */
  readonly layer: Uint8Array;
  /** What the file was like when it was hashed. */
  readonly state: FileState;
}

/** A file of the shared folder whose identity is known. */
export interface SharedFile extends Identity {
  readonly name: string;
}

/** What the index is told of a file. */
export function detailsOf(
  { id, state: { size } }: Identity,
): FileDetails & { readonly id: string } {
  return { size, id };
}

/** Whether `a` and `b` are known to be the same. */
export function isSameFile(a: FileDetails | undefined, b: FileDetails | undefined): boolean {
  return a !== undefined && a.size === b?.size && a.id === b.id;
}
