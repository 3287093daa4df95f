/**
 * A publication, and how it is looked up.
 *
 * @module
 */

import type { FileDetails } from "../../protocol/messages.ts";
import type { Window } from "./window.ts";

/** A file that a user publishes. */
export interface Publication {
  readonly user: string;
  readonly name: string;
  /** What is known of the file; nothing if its publisher did not tell. */
  readonly details?: FileDetails | undefined;
}

/** Publications by their name; users go by their number. */
export interface Lookup {
  /** The publication of `name` by `user`, if it is there. */
  find(user: number, name: string): Publication | undefined;
  /** Takes that publication out, if it is there. */
  remove(user: number, name: string): void;
  /** The publications of `name` that `window` has, the oldest first, added to `found`. */
  publishersOf(name: string, window?: Window, found?: Publication[]): Publication[];
}
