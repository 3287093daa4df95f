/**
 * Counting by name.
 *
 * @module
 */

/** How much there is of each name, a user's or a host's. A name whose count is 0 takes no memory. */
export class Tally {
  readonly #counts = new Map<string, number>();
  #total = 0;

  /** How many there are of all names. */
  get total(): number {
    return this.#total;
  }

  /** How many there are of `name`. */
  of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  /** Counts `change` of `name` more, or less if it is negative. */
  add(name: string, change: number): void {
    const count = this.of(name) + change;
    if (count > 0) this.#counts.set(name, count);
    else this.#counts.delete(name);
    this.#total += change;
  }
}
