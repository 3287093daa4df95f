/**
 * Waiting in turns.
 *
 * @module
 */

/** How much may wait in a {@linkcode FairQueue}. */
export interface QueueLimits {
  /** Of one owner. */
  readonly each: number;
  /** When so much waits, only those get in who have nothing there; and no more owners than that. */
  readonly inAll: number;
}

/**
 * What several owners have to wait for, taken from one owner after the other: who adds much waits for
 * it himself. It never holds more than twice {@linkcode QueueLimits.inAll}.
 */
export class FairQueue<T> {
  readonly #limits: QueueLimits;
  /** The owner whose turn is next comes first. None is empty. */
  readonly #waiting = new Map<unknown, T[]>();
  #size = 0;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  /** How much waits. */
  get size(): number {
    return this.#size;
  }

  /** Adds `item` behind those of `owner`. Returns false if the queue is full. */
  add(owner: unknown, item: T): boolean {
    if (!this.#hasRoom(this.#waiting.get(owner)?.length ?? 0)) return false;
    this.#append(owner, item);
    return true;
  }

  /** Takes what has waited longest of the owner whose turn it is. */
  take(): T | undefined {
    for (const [owner, own] of this.#waiting) {
      this.#waiting.delete(owner);
      const item = own.shift();
      if (own.length > 0) this.#waiting.set(owner, own);
      this.#size--;
      return item;
    }
  }

  /** Takes an item and calls `visit` with it; if that returns true, the item waits for another turn. */
  serve(visit: (item: T) => boolean): void {
    const [owner] = this.#waiting.keys();
    const item = this.take();
    if (item === undefined || !visit(item)) return;
    // It had its room before, so none is asked for.
    this.#append(owner, item);
  }

  /** Forgets everything. */
  clear(): void {
    this.#waiting.clear();
    this.#size = 0;
  }

  #append(owner: unknown, item: T): void {
    const own = this.#waiting.get(owner);
    if (own) own.push(item);
    else this.#waiting.set(owner, [item]);
    this.#size++;
  }

  #hasRoom(own: number): boolean {
    const { each, inAll } = this.#limits;
    if (own === 0) return this.#waiting.size < inAll;
    return own < each && this.#size < inAll;
  }
}
