/**
 * Which rows have a content.
 *
 * @module
 */

import { lowerBound } from "../../collections/lower_bound.ts";
import { Buckets, NO_BUCKET } from "./buckets.ts";
import { ByContent } from "./by_content.ts";
import type { Publication } from "./publication.ts";
import type { Rows } from "./rows.ts";
import type { Slices } from "./slices.ts";

/** The digits of an id by which rows are put into buckets: no id is looked up by fewer. */
const BUCKET_DIGITS = 4;
/** How many different beginnings of ids there are. */
const ID_BUCKETS = 1 << 4 * BUCKET_DIGITS;

/** The rows whose id is known and that are not gone. A place is one in all buckets together. */
export class ContentRows extends ByContent {
  readonly #rows: Rows;
  readonly #buckets: Buckets;

  private constructor(rows: Rows, buckets: Buckets) {
    super();
    this.#rows = rows;
    this.#buckets = buckets;
  }

  /** Sorts `rows`. */
  static *of(rows: Rows): Slices<ContentRows> {
    const buckets = yield* Buckets.fill(rows.length, ID_BUCKETS, (row) => bucketOf(rows, row));
    yield* buckets.sort((a, b) => rows.compareContents(a, b) > 0);
    return new ContentRows(rows, buckets);
  }

  /** Takes out `row`, which is about to be gone. */
  remove(row: number): void {
    const bucket = bucketOf(this.#rows, row);
    if (bucket === NO_BUCKET) return;
    const [from, to] = [this.#buckets.startOf(bucket), this.#buckets.endOf(bucket)];
    const isBefore = (i: number) => this.#rows.compareContents(this.#at(from + i), row) < 0;
    const place = from + lowerBound(to - from, isBefore);
    if (place < to && this.#at(place) === row) this.#buckets.remove(bucket, place);
  }

  protected range(low: string, high: string): readonly [number, number] {
    const bucket = Number.parseInt(low.slice(0, BUCKET_DIGITS), 16);
    const [start, end] = [this.#buckets.startOf(bucket), this.#buckets.endOf(bucket)];
    if (start === end) return [start, end];
    const [first, last] = [Uint8Array.fromHex(low), Uint8Array.fromHex(high)];
    const isBefore = (i: number) => this.#rows.compareId(this.#at(start + i), first) < 0;
    const from = start + lowerBound(end - start, isBefore);
    const isIn = (i: number) => this.#rows.compareId(this.#at(from + i), last) <= 0;
    return [from, from + lowerBound(end - from, isIn)];
  }

  protected isSameId(place: number, other: number): boolean {
    return this.#rows.compareIds(this.#at(place), this.#at(other)) === 0;
  }

  protected publisherAt(place: number): number {
    return this.#rows.publisherOf(this.#at(place));
  }

  protected sizeAt(place: number): number {
    return this.#rows.sizeOf(this.#at(place));
  }

  protected publicationAt(place: number): Publication {
    return this.#rows.publication(this.#at(place));
  }

  #at(place: number): number {
    return this.#buckets.at(place);
  }
}

function bucketOf(rows: Rows, row: number): number {
  const id = rows.isGone(row) ? undefined : rows.idOf(row);
  return id ? id[0]! << 8 | id[1]! : NO_BUCKET;
}
