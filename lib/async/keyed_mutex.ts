/**
 * Mutual exclusion of what is about the same thing.
 *
 * @module
 */

/** One lock for each key that is in use. */
export class KeyedMutex<K> {
  readonly #last = new Map<K, Promise<void>>();

  /** Runs `work` once all that came before it for `key` has ended, however it ended. */
  async run<T>(key: K, work: () => Promise<T>): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = this.#last.get(key);
    this.#last.set(key, promise);
    try {
      await before;
      return await work();
    } finally {
      resolve();
      if (this.#last.get(key) === promise) this.#last.delete(key);
    }
  }
}
