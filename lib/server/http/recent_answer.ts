/**
 * Answers that are good for a while: however many ask, the index is asked once.
 *
 * @module
 */

/** How long an answer is good, in milliseconds: the page shows nothing newer, either. */
export const RECENT_MS = 1_000;

/** Asks by `ask` unless there is an answer that is recent, or on its way. */
export class RecentAnswer<T> {
  readonly #ask: () => Promise<T>;
  readonly #clock: () => number;
  #answer: Promise<T> | undefined;
  #until = -Infinity;

  /** @param clock The time, in milliseconds. @default {performance.now} */
  constructor(ask: () => Promise<T>, clock: () => number = () => performance.now()) {
    this.#ask = ask;
    this.#clock = clock;
  }

  /** @throws whatever `ask` throws, which is asked again next time */
  get(): Promise<T> {
    if (this.#answer && this.#clock() < this.#until) return this.#answer;
    this.#until = Infinity;
    return this.#answer = this.#begin();
  }

  async #begin(): Promise<T> {
    try {
      const answer = await this.#ask();
      this.#until = this.#clock() + RECENT_MS;
      return answer;
    } catch (error) {
      this.#until = -Infinity;
      throw error;
    }
  }
}
