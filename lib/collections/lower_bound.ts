/**
 * Binary search.
 *
 * @module
 */

/** The first of `length` places for which `isBefore` does not hold: it holds up to there. */
export function lowerBound(length: number, isBefore: (place: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
