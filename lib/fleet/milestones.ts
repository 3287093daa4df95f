/**
 * Waiting for a number that only grows.
 *
 * @module
 */

interface Waiting {
  readonly number: number;
  readonly resolve: (isReached: boolean) => void;
}

/** Who waits for which number. */
export class Milestones {
  #reached = 0;
  readonly #waiting = new Set<Waiting>();

  /** The number that has been reached. */
  get reached(): number {
    return this.#reached;
  }

  /** Grows to `number`. */
  reach(number: number): void {
    this.#reached = number;
    for (const waiting of this.#waiting) {
      if (waiting.number <= number) waiting.resolve(true);
    }
  }

  /** Whether `number` is reached within `ms` milliseconds. */
  async reaches(number: number, ms: number): Promise<boolean> {
    if (number <= this.#reached) return true;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const waiting = { number, resolve };
    const timer = setTimeout(() => resolve(false), Math.max(0, ms));
    this.#waiting.add(waiting);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(waiting);
    }
  }
}
