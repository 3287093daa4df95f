/**
 * Rates.
 *
 * @module
 */

/** Lets through `perSecond` on average and `burst` at once. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #at: number;

  constructor(rate: { readonly perSecond: number; readonly burst: number }, now: number) {
    this.#perSecond = rate.perSecond;
    this.#burst = rate.burst;
    this.#tokens = rate.burst;
    this.#at = now;
  }

  /** Takes a token at `now` (milliseconds), if there is one. */
  take(now: number): boolean {
    this.#refill(now);
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  /** Takes `tokens` at `now` (milliseconds), whether they are there or not: time pays what lacks. */
  spend(tokens: number, now: number): void {
    this.#refill(now);
    this.#tokens -= tokens;
  }

  /** How many milliseconds after `now` all that was spent is paid. */
  debtMs(now: number): number {
    this.#refill(now);
    return Math.max(0, -this.#tokens / this.#perSecond * 1_000);
  }

  #refill(now: number): void {
    // A clock of the system may be set back.
    const earned = Math.max(0, now - this.#at) / 1_000 * this.#perSecond;
    this.#tokens = Math.min(this.#burst, this.#tokens + earned);
    this.#at = now;
  }
}
