/**
 * A map that forgets what is old.
 *
 * @module
 */

/** Values by key, in the order in which they were last set; at most so many. */
export class RecentMap<K, V> {
  readonly #most: number;
  readonly #values = new Map<K, V>();

  /** @param most How many are kept: one more, and the one that was set longest ago is forgotten. */
  constructor(most = Infinity) {
    this.#most = most;
  }

  /** How many there are. */
  get size(): number {
    return this.#values.size;
  }

  has(key: K): boolean {
    return this.#values.has(key);
  }

  get(key: K): V | undefined {
    return this.#values.get(key);
  }

  /** Sets the value of `key`, which is then forgotten last. */
  set(key: K, value: V): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size > this.#most) this.#values.delete(this.#values.keys().next().value!);
  }

  delete(key: K): void {
    this.#values.delete(key);
  }

  /** All values, the one that was set longest ago first. What is deleted meanwhile is left out. */
  values(): IterableIterator<V> {
    return this.#values.values();
  }

  /** Takes out values, from the one set longest ago up to the first that is not old. */
  takeOldest(isOld: (value: V) => boolean): V[] {
    const taken: V[] = [];
    for (const [key, value] of this.#values) {
      if (!isOld(value)) break;
      this.#values.delete(key);
      taken.push(value);
    }
    return taken;
  }
}
