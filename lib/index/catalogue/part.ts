/**
 * What a catalogue is made of: parts that share no publication.
 *
 * @module
 */

import type { ContentQuery } from "../../protocol/content.ts";
import type { Ascending } from "./ascending.ts";
import type { Budget } from "./budget.ts";
import type { Lookup, Publication } from "./publication.ts";
import type { Owner } from "./publisher_table.ts";
import type { Rows } from "./rows.ts";
import type { Terms } from "./terms.ts";
import type { Window } from "./window.ts";

/** Publications in the order of their names, each of which has a place that only grows. */
export interface Part extends Lookup {
  /** How many names there are; some may have no publication left. */
  readonly length: number;
  /** How many publications there are or have been. */
  readonly size: number;
  /** How many letters all names have. */
  readonly letters: number;
  nameAt(place: number): string;
  /** The same with its case folded. */
  foldedAt(place: number): string;
  /** The place of the first name after `after`. */
  placeAfter(after: string): number;
  /** Whether anybody still publishes the name at `place`. */
  isPublished(place: number): boolean;
  publicationsAt(place: number): Iterable<Publication>;
  /** How many publications of the name at `place` have to be gone through to find one. */
  rowsAt(place: number): number;
  /** What `owner` publishes of the name at `place`, from whatever share. */
  publicationsBy(owner: Owner, place: number): Iterable<Publication>;
  /** Whether `owner` publishes the name at `place`. */
  isPublishedBy(owner: Owner, place: number): boolean;
  /** The places of the names that may match `terms`. */
  candidates(terms: Terms, budget: Budget): Ascending;
  /** The publications of `publisher` in the order of their names, from the first one after `after`. */
  namesOf(publisher: number, after: string): Iterable<Publication>;
  /** Adds to `found` who has what is meant by `content`, see {@linkcode ByContent.holdersOf}. */
  holdersOf(content: ContentQuery, window: Window, found: Publication[]): void;
  /** Adds the publications at `place` to `rows`. */
  copyTo(rows: Rows, place: number): void;
}
