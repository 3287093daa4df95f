/**
 * A publication, and how it is looked up.
 *
 * @module
 */

import type { FileDetails } from "../../protocol/messages.ts";
import type { Window } from "./window.ts";

/** A file that a user publishes from a share. */
export interface Publication {
  readonly user: string;
  readonly share: string;
  /** The number of its publisher: always one of the same user, though not of the same share. */
  readonly publisher: number;
  readonly name: string;
  /** What is known of the file; nothing if its publisher did not tell. */
  readonly details?: FileDetails | undefined;
}

/** Publications by their name; publishers go by their number. */
export interface Lookup {
  /** The publication of `name` by `publisher`, if it is there. */
  find(publisher: number, name: string): Publication | undefined;
  /** Takes that publication out, if it is there. */
  remove(publisher: number, name: string): void;
  /** The publications of `name` that `window` has, the oldest first, added to `found`. */
  publishersOf(name: string, window?: Window, found?: Publication[]): Publication[];
}
