/**
 * How long things took.
 *
 * @module
 */

/**
 * Up to what a duration belongs to a bucket, in milliseconds; those that took longer have one more.
 * From what a heartbeat takes to what nobody waits for, in steps in which a person thinks.
 */
export const BUCKETS_MS: readonly number[] = [
  ...[0.05, 0.1, 0.2, 0.5],
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1_000, 2_000, 5_000, 10_000],
];

/** Durations, counted in buckets: adding one is quick enough for every request. */
export class Durations {
  /** How many are in each bucket. */
  readonly counts = new Float64Array(BUCKETS_MS.length + 1);
  /** All together, in milliseconds. */
  sum = 0;

  /** Counts a duration of `ms` milliseconds. */
  add(ms: number): void {
    let bucket = 0;
    while (bucket < BUCKETS_MS.length && ms > BUCKETS_MS[bucket]!) bucket++;
    this.counts[bucket]!++;
    this.sum += ms;
  }
}

/**
 * The duration in milliseconds that `share` of those in `counts` did not take longer than: within its
 * bucket it is estimated. 0 if there are none.
 */
export function quantileOf(counts: Float64Array, share: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return 0;
  let left = share * total;
  for (const [bucket, count] of counts.entries()) {
    const [low = 0, high] = [BUCKETS_MS[bucket - 1], BUCKETS_MS[bucket]];
    if (high === undefined) return low;
    if (count > 0 && left <= count) return low + (high - low) * left / count;
    left -= count;
  }
  return 0;
}
