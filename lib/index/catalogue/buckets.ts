/**
 * Rows by some number of theirs: a counting sort.
 *
 * @module
 */

import { inSlices, ROWS_A_SLICE, type Slices } from "./slices.ts";

/** The bucket of a row that is in none. */
export const NO_BUCKET = -1;

/** Rows in buckets, rising in each. */
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

  /** The rows in `bucket`. */
  of(bucket: number): Uint32Array {
    return this.#rows.subarray(this.#starts[bucket] ?? 0, this.#starts[bucket + 1] ?? 0);
  }
}
