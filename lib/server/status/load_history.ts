/**
 * What there was to do in the last hour.
 *
 * @module
 */

import type { RequestTotals } from "../metrics/counters.ts";
import { quantileOf } from "../metrics/durations.ts";
import type { LoadSample } from "./status.ts";

/** How long a sample is, in milliseconds. */
export const SAMPLE_MS = 10_000;

/** Samples that are kept: an hour of them. */
const MOST = 360;

/** What a sample is made of. */
export interface LoadReading {
  /** In milliseconds since the epoch. */
  readonly time: number;
  readonly totals: RequestTotals;
  /** Longest that the event loop was held up since the reading before, in milliseconds. */
  readonly stall: number;
  readonly sessions: number;
}

/** Samples, and what they are made of next. */
export class LoadHistory {
  readonly #samples: LoadSample[] = [];
  #last: LoadReading;
  /** The one before: what is told of now is of this and the sample that is not at its end. */
  #before: LoadReading;

  constructor(first: LoadReading) {
    this.#last = this.#before = first;
  }

  /** The oldest comes first. */
  get samples(): readonly LoadSample[] {
    return this.#samples;
  }

  /** Ends a sample with `reading`. */
  take(reading: LoadReading): void {
    this.#samples.push(sampleBetween(this.#last, reading));
    if (this.#samples.length > MOST) this.#samples.shift();
    [this.#before, this.#last] = [this.#last, reading];
  }

  /** What there was to do in the last {@linkcode SAMPLE_MS} to twice as long, up to `reading`. */
  upTo(reading: LoadReading): LoadSample {
    const stall = Math.max(this.#last.stall, reading.stall);
    return sampleBetween(this.#before, { ...reading, stall });
  }
}

function sampleBetween(from: LoadReading, to: LoadReading): LoadSample {
  const [earlier, later] = [from.totals, to.totals];
  const durations = later.durations.map((count, bucket) => count - earlier.durations[bucket]!);
  return {
    time: new Date(to.time).toISOString(),
    seconds: Math.max(0, to.time - from.time) / 1_000,
    requests: later.requests - earlier.requests,
    failures: later.failures - earlier.failures,
    dropped: later.dropped - earlier.dropped,
    p50: quantileOf(durations, 0.5),
    p99: quantileOf(durations, 0.99),
    stall: to.stall,
    sessions: to.sessions,
  };
}
