/**
 * What a file is like from outside: enough to notice that it has changed.
 *
 * @module
 */

import type { FileHandle } from "node:fs/promises";

/** Size and time of the last change. */
export interface FileState {
  /** Bytes. */
  readonly size: number;
  /** When the content was last changed, in nanoseconds since 1970. */
  readonly modified: bigint;
}

/** What `file` is like now. */
export async function stateOf(file: FileHandle): Promise<FileState> {
  const { size, mtimeNs } = await file.stat({ bigint: true });
  return { size: Number(size), modified: mtimeNs };
}

/** Whether a file that was like `a` and is like `b` has not been changed in between. */
export function isSameState(a: FileState, b: FileState): boolean {
  return a.size === b.size && a.modified === b.modified;
}
