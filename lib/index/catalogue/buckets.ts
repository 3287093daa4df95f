/**
 * Rows by some number of theirs: a counting sort.
 *
 * @module
 */

import { lowerBound } from "../../collections/lower_bound.ts";
import { inSlices, ROWS_A_SLICE, type Slices } from "./slices.ts";
import { type IsAfter, SORTED_A_SLICE, sortInSlices } from "./sort_in_slices.ts";

/** The bucket of a row that is in none. */
export const NO_BUCKET = -1;
/** What stands at the end of a bucket in place of a row that was removed. */
const NO_ROW = 2 ** 32 - 1;

/** Rows in buckets, rising in each unless they are sorted in another way. */
export class Buckets {
  readonly #starts: Uint32Array;
  readonly #rows: Uint32Array;

  private constructor(starts: Uint32Array, rows: Uint32Array) {
    this.#starts = starts;
    this.#rows = rows;
  }

  /** Puts the rows below `length` in as many as `count` buckets. */
  static *fill(length: number, count: number, bucketOf: (row: number) => number): Slices<Buckets> {
    const starts = new Uint32Array(count + 1);
    yield* inSlices(length, ROWS_A_SLICE, (from, to) => {
      for (let row = from; row < to; row++) starts[bucketOf(row) + 1]! += 1;
    });
    starts[0] = 0; // Those of no bucket.
    for (let i = 1; i <= count; i++) starts[i]! += starts[i - 1]!;
    const rows = new Uint32Array(starts[count]!);
    const next = starts.slice();
    yield* inSlices(length, ROWS_A_SLICE, (from, to) => {
      for (let row = from; row < to; row++) {
        const bucket = bucketOf(row);
        if (bucket !== NO_BUCKET) rows[next[bucket]!++] = row;
      }
    });
    return new Buckets(starts, rows);
  }

  /** Sorts every bucket. */
  *sort(isAfter: IsAfter): Slices {
    let sorted = 0;
    for (let bucket = 0, from = 0; bucket < this.#starts.length - 1; bucket++) {
      const to = this.#starts[bucket + 1]!;
      if (to - from > 1) yield* sortInSlices(this.#rows.subarray(from, to), isAfter);
      sorted += to - from;
      if (sorted >= SORTED_A_SLICE) yield;
      sorted %= SORTED_A_SLICE;
      from = to;
    }
  }

  /** The rows in `bucket`. */
  of(bucket: number): Uint32Array {
    return this.#rows.subarray(this.startOf(bucket), this.endOf(bucket));
  }

  /** The row at `place`. */
  at(place: number): number {
    return this.#rows[place]!;
  }

  /** The place of the first row in `bucket`. */
  startOf(bucket: number): number {
    return this.#starts[bucket] ?? 0;
  }

  /** The place behind the last row in `bucket`. */
  endOf(bucket: number): number {
    const [start, end] = [this.startOf(bucket), this.#starts[bucket + 1] ?? 0];
    if (start >= end || this.#rows[end - 1] !== NO_ROW) return end;
    return start + lowerBound(end - start, (i) => this.#rows[start + i] !== NO_ROW);
  }

  /** Takes out the row at `place` in `bucket`. */
  remove(bucket: number, place: number): void {
    const end = this.#starts[bucket + 1]!;
    this.#rows.copyWithin(place, place + 1, end);
    this.#rows[end - 1] = NO_ROW;
  }
}
