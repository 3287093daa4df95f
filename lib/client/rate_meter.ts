/**
 * How fast something moves.
 *
 * @module
 */

/** Over how long a rate is an average, in milliseconds: a glance, and no single burst. */
const WINDOW_MS = 5_000;
/** Shortest time between two samples, in milliseconds: it bounds how many there are. */
const SAMPLE_MS = 250;
/** Shortest time over which there is a rate, in milliseconds. */
const LEAST_MS = 500;

interface Sample {
  readonly at: number;
  readonly bytes: number;
}

/** The average rate of the last seconds. Times are milliseconds of a steady clock. */
export class RateMeter {
  /** From the last one before the window on. */
  #samples: Sample[] = [];
  #bytes = 0;
  #at = -Infinity;

  /** Takes in that `bytes` have moved by `now`, in all. Fewer than before is a new beginning. */
  update(bytes: number, now: number): void {
    if (bytes < this.#bytes) this.#samples = [];
    this.#bytes = bytes;
    this.#at = now;
    const last = this.#samples.at(-1);
    if (!last || now - last.at >= SAMPLE_MS) this.#samples.push({ at: now, bytes });
    this.#forget(now);
  }

  /** Bytes per second; nothing as long as it is too early to tell. */
  rate(now: number): number | undefined {
    this.#forget(now);
    const [first] = this.#samples;
    if (!first || now - first.at < LEAST_MS) return undefined;
    if (now - this.#at >= WINDOW_MS) return 0;
    return (this.#bytes - first.bytes) / (now - first.at) * 1_000;
  }

  #forget(now: number): void {
    while (this.#samples[1] && now - this.#samples[1].at >= WINDOW_MS) this.#samples.shift();
  }
}
