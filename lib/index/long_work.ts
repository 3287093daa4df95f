/**
 * Work that would hold others up.
 *
 * @module
 */

import { LONG_WORK_AT_ONCE } from "../protocol/limits.ts";

/** Does `work` now or later; not at all, and returns nothing, if too much is waiting already. */
export type Defer = <T>(work: () => T) => T | Promise<T> | undefined;

/** Does everything now. */
export const AT_ONCE: Defer = (work) => work();

/** How long others wait at most, in milliseconds, if nothing takes longer by itself. */
const SLICE_MS = 1;

/**
 * Does one piece of work after the other, a slice at a time: what arrives meanwhile and is quickly done
 * goes first, so that no queue at a socket overflows.
 */
export class LongWork implements Disposable {
  readonly #pause: () => Promise<void>;
  #waiting: (() => void)[] = [];
  #working: Promise<void> | undefined;

  /** @param pause Lets everything else go first. */
  constructor(pause: () => Promise<void>) {
    this.#pause = pause;
  }

  /** Does `work` in its turn. The promise fails as the work does; after the end it stays open. */
  defer<T>(work: () => T): Promise<T> | undefined {
    if (this.#waiting.length >= LONG_WORK_AT_ONCE) return undefined;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#waiting.push(() => {
      try {
        resolve(work());
      } catch (error) {
        reject(error);
      }
    });
    this.#working ??= this.#doAll();
    return promise;
  }

  /** Leaves what is waiting undone. */
  [Symbol.dispose](): void {
    this.#waiting = [];
  }

  async #doAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#pause();
      this.#doSome(performance.now() + SLICE_MS);
    }
    this.#working = undefined;
  }

  #doSome(end: number): void {
    do this.#waiting.shift()?.(); while (this.#waiting.length > 0 && performance.now() < end);
  }
}
