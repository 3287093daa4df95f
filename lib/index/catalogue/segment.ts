/**
 * Many publications that only ever become fewer.
 *
 * @module
 */

import { firstNot } from "../first_not.ts";
import { type Ascending, END, EVERY, Intersection } from "./ascending.ts";
import { Buckets, NO_BUCKET } from "./buckets.ts";
import { foldCase } from "./fold.ts";
import { GramIndex } from "./gram_index.ts";
import type { Part, Publication } from "./part.ts";
import { BUCKET_DIGITS, type Rows } from "./rows.ts";
import type { Slices } from "./slices.ts";
import type { Budget, Terms } from "./terms.ts";

/** How many different beginnings of ids there are. */
const ID_BUCKETS = 1 << 4 * BUCKET_DIGITS;

/** Steps of a search that the next name of one user costs: two binary searches. */
const PLACE_STEPS = 6;

/** How a segment finds its rows other than by name. */
interface Indexes {
  readonly byUser: Buckets;
  readonly byId: Buckets;
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

  /** Makes a segment of `rows`; more than `few` names are found by their letters. */
  static *of(rows: Rows, few: number): Slices<Segment> {
    const { length, names, users } = rows;
    rows.trim();
    const byUser = yield* Buckets.fill(length, users.size, (row) => rows.userOf(row));
    const byId = yield* Buckets.fill(length, ID_BUCKETS, (row) => {
      const id = rows.idOf(row);
      return id ? id[0]! << 8 | id[1]! : NO_BUCKET;
    });
    const byGram = names.length > few ? yield* GramIndex.of(names) : undefined;
    return new Segment(rows, { byUser, byId, byGram });
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
    return firstNot(names.length, (place) => names.at(place) <= after);
  }

  find(user: number, name: string): Publication | undefined {
    return this.#rows.find(user, name);
  }

  remove(user: number, name: string): void {
    this.#rows.remove(user, name);
  }

  publishersOf(name: string, publications: Publication[] = []): Publication[] {
    return this.#rows.publishersOf(name, publications);
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

  publicationBy(user: number, place: number): Publication | undefined {
    return this.#rows.publicationBy(user, place);
  }

  candidates(terms: Terms, budget: Budget): Ascending {
    const { byGram, byUser } = this.#by;
    const all = byGram?.candidates(terms, budget) ?? [];
    if (terms.user !== undefined) {
      all.push(new PlacesOf(this.#rows, byUser.of(terms.user), budget));
    }
    return all.length > 0 ? new Intersection(all, budget) : EVERY;
  }

  *namesOf(user: number, after: string): Generator<Publication> {
    const rows = this.#by.byUser.of(user);
    const first = this.#rows.firstAt(this.placeAfter(after));
    for (let i = firstNot(rows.length, (i) => rows[i]! < first); i < rows.length; i++) {
      if (!this.#rows.isGone(rows[i]!)) yield this.#publication(rows[i]!);
    }
  }

  *withId(prefix: string): Generator<Publication> {
    const bucket = Number.parseInt(prefix.slice(0, BUCKET_DIGITS), 16);
    const bytes = Uint8Array.fromHex(prefix.slice(0, prefix.length & ~1));
    for (const row of this.#by.byId.of(bucket)) {
      if (this.#rows.isGone(row) || !this.#rows.hasId(row, bytes)) continue;
      if (this.#rows.idOf(row)!.toHex().startsWith(prefix)) yield this.#publication(row);
    }
  }

  copyTo(rows: Rows, place: number): void {
    rows.addAllAt(this.#rows, place);
  }

  #publication(row: number): Publication {
    return this.#rows.publication(row, this.#rows.names.at(this.#rows.placeOfRow(row)));
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
    const at = firstNot(this.#rising.length, (i) => this.#rising[i]! < first);
    return at < this.#rising.length ? this.#rows.placeOfRow(this.#rising[at]!) : END;
  }
}
