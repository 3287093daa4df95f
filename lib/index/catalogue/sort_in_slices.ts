/**
 * Sorting little by little.
 *
 * @module
 */

import type { Slices } from "./slices.ts";

/** Whether `a` belongs behind `b`. */
export type IsAfter = (a: number, b: number) => boolean;

/** So few are sorted in one piece, by insertion. */
const RUN = 16;
/** Rows that are gone through without a rest: each takes up to 100 ns for each of a few comparisons. */
export const SORTED_A_SLICE = 256;

/** A merge sort of `rows`. */
export function* sortInSlices(rows: Uint32Array, isAfter: IsAfter): Slices {
  for (let from = 0; from < rows.length; from += RUN) {
    insertionSort(rows, from, Math.min(rows.length, from + RUN), isAfter);
    if (isEndOfSlice(from + RUN)) yield;
  }
  if (rows.length <= RUN) return;
  let sorted = rows;
  let other: Uint32Array = rows.slice();
  for (let width = RUN; width < rows.length; width *= 2) {
    yield* mergeRuns(sorted, other, width, isAfter);
    [sorted, other] = [other, sorted];
  }
  if (sorted !== rows) rows.set(sorted);
}

function insertionSort(rows: Uint32Array, from: number, to: number, isAfter: IsAfter): void {
  for (let i = from + 1; i < to; i++) {
    const row = rows[i]!;
    let at = i;
    for (; at > from && isAfter(rows[at - 1]!, row); at--) rows[at] = rows[at - 1]!;
    rows[at] = row;
  }
}

/** Merges pairs of sorted runs of `width` rows. */
function* mergeRuns(rows: Uint32Array, into: Uint32Array, width: number, isAfter: IsAfter): Slices {
  for (let start = 0; start < rows.length; start += 2 * width) {
    const middle = Math.min(rows.length, start + width);
    const end = Math.min(rows.length, middle + width);
    let [a, b] = [start, middle];
    for (let at = start; at < end; at++) {
      const isFirst = a < middle && (b === end || !isAfter(rows[a]!, rows[b]!));
      into[at] = rows[isFirst ? a++ : b++]!;
      if (isEndOfSlice(at + 1)) yield;
    }
  }
}

function isEndOfSlice(done: number): boolean {
  return done % SORTED_A_SLICE === 0;
}
