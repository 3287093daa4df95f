/**
 * How many names there are of a kind, and the first ones: 100,000 are not told one by one.
 *
 * @module
 */

/** Names that are told one by one. */
const TOLD = 10;

/** Some names, and how many there are in all. */
export interface Names {
  readonly count: number;
  readonly first: readonly string[];
}

/** Counts names. */
export class NamesCount implements Names {
  readonly first: string[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Takes in one that was not there before. */
  add(name: string): void {
    this.#count++;
    if (this.first.length < TOLD) this.first.push(name);
  }

  /** Takes in `count` whose names are not known. */
  addUnnamed(count: number): void {
    this.#count += count;
  }
}
