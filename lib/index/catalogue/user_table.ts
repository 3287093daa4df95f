/**
 * Who has ever published something: no more than there are accounts.
 *
 * @module
 */

/** Users by number, and how much each publishes. */
export class UserTable {
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];
  readonly #counts: number[] = [];
  readonly #letters: number[] = [];

  /** How many users there are; their numbers are those below. */
  get size(): number {
    return this.#names.length;
  }

  /** The number of `user`, if there is one. */
  find(user: string): number | undefined {
    return this.#numbers.get(user);
  }

  /** The number of `user`. */
  findOrAdd(user: string): number {
    return this.#numbers.get(user) ?? this.#add(user);
  }

  /** The name of the user with `number`. */
  nameOf(number: number): string {
    return this.#names[number]!;
  }

  /** How many publications `user` has. */
  countOf(user: string): number {
    return this.#counts[this.#numbers.get(user) ?? -1] ?? 0;
  }

  /** How many letters the names of all publications of `user` have. */
  lettersOf(user: string): number {
    return this.#letters[this.#numbers.get(user) ?? -1] ?? 0;
  }

  /** Counts a publication of `name` more or less. */
  count(number: number, name: string, change: 1 | -1): void {
    this.#counts[number]! += change;
    this.#letters[number]! += change * name.length;
  }

  #add(user: string): number {
    const number = this.#names.push(user) - 1;
    this.#numbers.set(user, number);
    this.#counts.push(0);
    this.#letters.push(0);
    return number;
  }
}
