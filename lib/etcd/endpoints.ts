/**
 * Which of several endpoints is asked next.
 *
 * @module
 */

/**
 * Remembers when each endpoint failed last. Calls and the watch share what they know: the best one stays the
 * best until it fails, and one that has failed is come back to after all others.
 */
export class Endpoints {
  readonly #all: readonly string[];
  /** Milliseconds of a steady clock. */
  readonly #failedAt = new Map<string, number>();

  /**
   * @param all At least one
   * @param random Chooses the one that is asked first, so that load spreads; from 0 to less than 1
   */
  constructor(all: readonly string[], random: number) {
    const first = Math.floor(random * all.length);
    this.#all = [...all.slice(first), ...all.slice(0, first)];
  }

  /** The one that never failed, or else failed longest ago. */
  get best(): string {
    return this.#all.reduce((best, it) => this.failedAt(it) < this.failedAt(best) ? it : best);
  }

  /** When `endpoint` failed last, `-Infinity` if it never did. */
  failedAt(endpoint: string): number {
    return this.#failedAt.get(endpoint) ?? -Infinity;
  }

  /** Takes in that `endpoint` has failed, or was silent for too long, at `now`. */
  failed(endpoint: string, now: number): void {
    this.#failedAt.set(endpoint, Math.max(now, this.failedAt(endpoint)));
  }
}
