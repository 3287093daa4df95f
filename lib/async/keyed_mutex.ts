/**
 * Mutual exclusion of what is about the same thing.
 *
 * @module
 */

/** One lock for each key that is in use. */
export class KeyedMutex<K> {
  readonly #last = new Map<K, Promise<void>>();

  /** Runs `work` once all that came before it for `key` has ended, however it ended. */
  run<T>(key: K, work: () => Promise<T>): Promise<T> {
    return this.runAll([key], work);
  }

  /** The same for several keys at once. Nobody waits in a circle, as all places are taken together. */
  async runAll<T>(keys: readonly K[], work: () => Promise<T>): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = keys.map((key) => this.#last.get(key));
    for (const key of keys) this.#last.set(key, promise);
    try {
      await Promise.all(before);
      return await work();
    } finally {
      resolve();
      for (const key of keys) if (this.#last.get(key) === promise) this.#last.delete(key);
    }
  }
}
