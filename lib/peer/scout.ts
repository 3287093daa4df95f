/**
 * Asking the index for sources again and again, while a download goes on.
 *
 * @module
 */

import { FIND_SOURCES_MS, LOST_SOURCE_MS } from "../protocol/limits.ts";
import type { SealedSource } from "./connections.ts";

/** Looks for sources, once at a time. */
export class Scout {
  readonly #find: () => Promise<readonly SealedSource[]>;
  readonly #onFound: (sources: readonly SealedSource[]) => void;
  #lookedAt: number;
  #isLooking = false;
  #hasNews = false;

  /** @param now When it was looked last, in milliseconds of a steady clock. */
  constructor(
    find: () => Promise<readonly SealedSource[]>,
    onFound: (sources: readonly SealedSource[]) => void,
    now: number,
  ) {
    this.#find = find;
    this.#onFound = onFound;
    this.#lookedAt = now;
  }

  /** Whether it was looked since something was lost. */
  get isUpToDate(): boolean {
    return this.#hasNews && !this.#isLooking;
  }

  /** Takes in that something was lost. */
  forget(): void {
    this.#hasNews = false;
  }

  /**
   * Looks if it is time: now and then while there is somebody to fetch from, else at once and every
   * second.
   *
   * @param onDone Runs when it has been looked. An index that is gone for a while does not matter.
   */
  lookIfDue(isBusy: boolean, now: number, onDone: () => void): void {
    const due = this.#lookedAt + (isBusy ? FIND_SOURCES_MS : LOST_SOURCE_MS);
    const isNeeded = !isBusy && !this.#hasNews;
    if (this.#isLooking || (now < due && !isNeeded)) return;
    this.#isLooking = true;
    this.#find().then(this.#onFound, () => {}).then(() => {
      this.#isLooking = false;
      this.#hasNews = true;
      this.#lookedAt = performance.now();
      onDone();
    });
  }
}
