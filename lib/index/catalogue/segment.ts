/**
 * Many publications that only ever become fewer.
 *
 * @module
 */

import type { ContentQuery } from "../../protocol/content.ts";
import { lowerBound } from "../../collections/lower_bound.ts";
import { type Ascending, END, EVERY, Intersection, unionOf } from "./ascending.ts";
import { Buckets } from "./buckets.ts";
import { ContentRows } from "./content_rows.ts";
import { foldCase } from "./fold.ts";
import { GramIndex } from "./gram_index.ts";
import type { Publication } from "./publication.ts";
import type { Part } from "./part.ts";
import type { Owner } from "./publisher_table.ts";
import type { Rows } from "./rows.ts";
import { LETTERS_A_NAME, type Slices } from "./slices.ts";
import type { Budget } from "./budget.ts";
import type { Terms } from "./terms.ts";
import { ALL, type Window } from "./window.ts";

/** Steps of a search that the next name of one publisher costs: two binary searches. */
const PLACE_STEPS = 6;

/** How a segment finds its rows other than by name. */
interface Indexes {
  readonly byPublisher: Buckets;
  readonly byContent: ContentRows;
  /** There is none for so few names that all can be looked at. */
  readonly byGram: GramIndex | undefined;
}

/** Rows to which none are added, and what finds them. */
export class Segment implements Part {
  readonly #rows: Rows;
  readonly #by: Indexes;

  private constructor(rows: Rows, by: Indexes) {
    this.#rows = rows;
    this.#by = by;
  }

  /**
   * Makes a segment of `rows`. More than `few` names are found by their letters, and so are fewer that
   * have as many letters.
   */
  static *of(rows: Rows, few: number): Slices<Segment> {
    const { length, names, publishers } = rows;
    rows.trim();
    const byPublisher = yield* Buckets.fill(
      length,
      publishers.size,
      (row) => rows.publisherOf(row),
    );
    const byContent = yield* ContentRows.of(rows);
    const areFew = names.length <= few && names.letters <= few * LETTERS_A_NAME;
    const byGram = areFew ? undefined : yield* GramIndex.of(names);
    return new Segment(rows, { byPublisher, byContent, byGram });
  }

  get length(): number {
    return this.#rows.names.length;
  }

  get size(): number {
    return this.#rows.length;
  }

  get letters(): number {
    return this.#rows.names.letters;
  }

  nameAt(place: number): string {
    return this.#rows.names.at(place);
  }

  foldedAt(place: number): string {
    return foldCase(this.#rows.names.at(place));
  }

  placeAfter(after: string): number {
    const { names } = this.#rows;
    return lowerBound(names.length, (place) => names.at(place) <= after);
  }

  find(publisher: number, name: string): Publication | undefined {
    return this.#rows.find(publisher, name);
  }

  remove(publisher: number, name: string): void {
    const row = this.#rows.rowOf(publisher, name);
    if (row === undefined) return;
    this.#by.byContent.remove(row);
    this.#rows.removeRow(row);
  }

  publishersOf(name: string, window = ALL, found: Publication[] = []): Publication[] {
    return this.#rows.publishersOf(name, window, found);
  }

  isPublished(place: number): boolean {
    return this.#rows.isPublished(place);
  }

  publicationsAt(place: number): Iterable<Publication> {
    return this.#rows.publicationsAt(place);
  }

  rowsAt(place: number): number {
    return this.#rows.firstAt(place + 1) - this.#rows.firstAt(place);
  }

  publicationsBy(owner: Owner, place: number): Iterable<Publication> {
    return this.#rows.publicationsBy(owner, place);
  }

  isPublishedBy(owner: Owner, place: number): boolean {
    return this.#rows.isPublishedBy(owner, place);
  }

  candidates(terms: Terms, budget: Budget): Ascending {
    const { byGram, byPublisher } = this.#by;
    const all = byGram?.candidates(terms, budget) ?? [];
    if (terms.owner) {
      const places = (number: number) => new PlacesOf(this.#rows, byPublisher.of(number), budget);
      all.push(unionOf(terms.owner.numbers.map(places)));
    }
    return all.length > 0 ? new Intersection(all, budget) : EVERY;
  }

  *namesOf(publisher: number, after: string): Generator<Publication> {
    const rows = this.#by.byPublisher.of(publisher);
    const first = this.#rows.firstAt(this.placeAfter(after));
    for (let i = lowerBound(rows.length, (i) => rows[i]! < first); i < rows.length; i++) {
      if (!this.#rows.isGone(rows[i]!)) yield this.#rows.publication(rows[i]!);
    }
  }

  holdersOf(content: ContentQuery, window: Window, found: Publication[]): void {
    this.#by.byContent.holdersOf(content, window, found);
  }

  copyTo(rows: Rows, place: number): void {
    rows.addAllAt(this.#rows, place);
  }
}

/** The places of the names of rising rows. */
class PlacesOf implements Ascending {
  readonly #rows: Rows;
  readonly #rising: Uint32Array;
  readonly #budget: Budget;

  constructor(rows: Rows, rising: Uint32Array, budget: Budget) {
    this.#rows = rows;
    this.#rising = rising;
    this.#budget = budget;
  }

  seek(from: number): number {
    this.#budget.left -= PLACE_STEPS;
    const first = this.#rows.firstAt(from);
    const at = lowerBound(this.#rising.length, (i) => this.#rising[i]! < first);
    return at < this.#rising.length ? this.#rows.placeOfRow(this.#rising[at]!) : END;
  }
}
