/**
 * How long an answer is waited for before the same is asked elsewhere as well.
 *
 * @module
 */

/** Shortest and longest silence, in milliseconds: a healthy etcd answers in some 10. */
export const PATIENCE_MS = { least: 400, most: 1_500 } as const;
/** How many times as long as usual an answer may take. */
const FACTOR = 4;
/** The weight of the newest answer, as in RFC 6298 section 2. */
const NEWEST = 1 / 8;

/** Learns how long answers usually take: one that is merely slow is not to get everything several times. */
export class Patience {
  #usual = 0;

  /** The silence after which another endpoint is asked, in milliseconds. */
  get ms(): number {
    return Math.min(PATIENCE_MS.most, Math.max(PATIENCE_MS.least, this.#usual * FACTOR));
  }

  /** Takes in that an answer took `ms` milliseconds. */
  answered(ms: number): void {
    this.#usual += (ms - this.#usual) * NEWEST;
  }
}
