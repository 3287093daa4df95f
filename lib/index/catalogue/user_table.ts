/**
 * Who has ever published something: no more than there are accounts.
 *
 * @module
 */

import { Column } from "./column.ts";

/** Users by number, and how many publications each has. */
export class UserTable {
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];
  readonly #counts = new Column();

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
    const number = this.#numbers.get(user);
    return number === undefined ? 0 : this.#counts.get(number);
  }

  /** Counts `change` more publications. */
  count(number: number, change: 1 | -1): void {
    this.#counts.set(number, this.#counts.get(number) + change);
  }

  #add(user: string): number {
    const number = this.#names.push(user) - 1;
    this.#numbers.set(user, number);
    this.#counts.set(number, 0);
    return number;
  }
}
