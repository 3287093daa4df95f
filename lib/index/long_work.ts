/**
 * Work that would hold others up.
 *
 * @module
 */

import { LONG_WORK } from "../protocol/limits.ts";
import { FairQueue } from "./fair_queue.ts";

/** What a piece of work returns that has to be called again. */
export const UNFINISHED: unique symbol = Symbol("unfinished");

/** A piece of work, or one slice of it: it is called until it returns a result. */
export type Work<T> = () => T | typeof UNFINISHED;

/**
 * Does `work` for `owner` now or later; not at all, and returns nothing, if too much of that owner is
 * waiting already.
 */
export type Defer = <T>(owner: string, work: Work<T>) => T | Promise<T> | undefined;

/** Does everything now. */
export const AT_ONCE: Defer = <T>(_owner: string, work: Work<T>) => {
  for (;;) {
    const result = work();
    if (result !== UNFINISHED) return result;
  }
};

/** How long others wait at most, in milliseconds, if nothing takes longer by itself. */
const SLICE_MS = 1;

/** Does a slice of some work. Returns whether more is left. */
type Slice = () => boolean;

/**
 * Does one piece of work after the other, a slice at a time: what arrives meanwhile and is quickly done
 * goes first, so that no queue at a socket overflows. Queues take turns, and so do the owners of each,
 * after every slice of theirs.
 */
export class LongWork implements Disposable {
  readonly #pause: () => Promise<void>;
  /** The one whose turn is next comes first. */
  #queues: readonly FairQueue<Slice>[] = [];
  #working: Promise<void> | undefined;

  /** @param pause Lets everything else go first. */
  constructor(pause: () => Promise<void>) {
    this.#pause = pause;
  }

  /**
   * Another queue, whose owners are told apart from those of others. The promises it gives fail as the
   * work does; after the end they stay open.
   */
  queue(): Defer {
    const queue = new FairQueue<Slice>(LONG_WORK);
    this.#queues = [...this.#queues, queue];
    return (owner, work) => this.#defer(queue, owner, work);
  }

  /** Leaves what is waiting undone. */
  [Symbol.dispose](): void {
    for (const queue of this.#queues) queue.clear();
  }

  #defer<T>(queue: FairQueue<Slice>, owner: string, work: Work<T>): Promise<T> | undefined {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const isIn = queue.add(owner, () => {
      try {
        const result = work();
        if (result === UNFINISHED) return true;
        resolve(result);
      } catch (error) {
        reject(error);
      }
      return false;
    });
    if (!isIn) return undefined;
    this.#working ??= this.#doAll();
    return promise;
  }

  async #doAll(): Promise<void> {
    while (this.#hasWork()) {
      await this.#pause();
      this.#doSome(performance.now() + SLICE_MS);
    }
    this.#working = undefined;
  }

  #doSome(end: number): void {
    do this.#doSlice(); while (this.#hasWork() && performance.now() < end);
  }

  #hasWork(): boolean {
    return this.#queues.some(({ size }) => size > 0);
  }

  #doSlice(): void {
    const next = this.#queues.find(({ size }) => size > 0);
    if (!next) return;
    this.#queues = [...this.#queues.filter((queue) => queue !== next), next];
    next.serve((slice) => slice());
  }
}
