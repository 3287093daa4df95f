/**
 * Who has ever published something: a user, from one share.
 *
 * @module
 */

import { SHARES_PER_USER } from "../../protocol/share.ts";

/** A user with all shares, which are known by the numbers of their publishers. */
export interface Owner {
  readonly user: string;
  readonly numbers: readonly number[];
}

interface GrowingOwner extends Owner {
  numbers: readonly number[];
}

/**
 * Publishers by number, and how much each user publishes. A share that has nothing left gives its
 * number to the next one of its user, so that there are no more than a few for each account.
 */
export class PublisherTable {
  readonly #owners = new Map<string, GrowingOwner>();
  readonly #ownerOf: GrowingOwner[] = [];
  readonly #shareOf: string[] = [];
  readonly #counts: number[] = [];
  readonly #letters: number[] = [];
  #total = 0;

  /** How many publishers there are; their numbers are those below. */
  get size(): number {
    return this.#ownerOf.length;
  }

  /** The number of the publisher from `share` of `user`, if there is one. */
  find(user: string, share: string): number | undefined {
    const numbers = this.#owners.get(user)?.numbers;
    if (!numbers) return undefined;
    for (let i = 0; i < numbers.length; i++) {
      if (this.#shareOf[numbers[i]!] === share) return numbers[i];
    }
  }

  /** The number of the publisher from `share` of `user`. */
  findOrAdd(user: string, share: string): number {
    return this.find(user, share) ?? this.#add(user, share);
  }

  /** Whether `user` publishes from `share`, or may begin to. */
  hasRoomFor(user: string, share: string): boolean {
    const numbers = this.#owners.get(user)?.numbers ?? [];
    if (numbers.length < SHARES_PER_USER || this.find(user, share) !== undefined) return true;
    return numbers.some((number) => this.#counts[number] === 0);
  }

  /** The user called `user`, if anything was ever published by that name. */
  owner(user: string): Owner | undefined {
    return this.#owners.get(user);
  }

  /** All users by whose name anything was ever published. */
  users(): Iterable<string> {
    return this.#owners.keys();
  }

  /** Whose publisher `number` is. */
  ownerOf(number: number): Owner {
    return this.#ownerOf[number]!;
  }

  /** The user behind the publisher with `number`. */
  userOf(number: number): string {
    return this.#ownerOf[number]!.user;
  }

  /** The share of the publisher with `number`. */
  shareOf(number: number): string {
    return this.#shareOf[number]!;
  }

  /** The user and the share behind the publisher with `number`. */
  of(number: number): { readonly user: string; readonly share: string } {
    return { user: this.userOf(number), share: this.shareOf(number) };
  }

  /** How many publications `user` has, in all shares. */
  countOf(user: string): number {
    return sumOf(this.#counts, this.#owners.get(user));
  }

  /** How many publications the publisher with `number` has. */
  countBy(number: number): number {
    return this.#counts[number]!;
  }

  /** How many publications there are. */
  get total(): number {
    return this.#total;
  }

  /** How many letters the names of all publications of `user` have. */
  lettersOf(user: string): number {
    return sumOf(this.#letters, this.#owners.get(user));
  }

  /** Counts a publication of `name` more or less. */
  count(number: number, name: string, change: 1 | -1): void {
    this.#counts[number]! += change;
    this.#total += change;
    this.#letters[number]! += change * name.length;
  }

  #add(user: string, share: string): number {
    const owner = this.#owners.get(user) ?? { user, numbers: [] };
    this.#owners.set(user, owner);
    const free = owner.numbers.find((number) => this.#counts[number] === 0);
    const number = free ?? this.#ownerOf.push(owner) - 1;
    this.#shareOf[number] = share;
    this.#counts[number] = this.#letters[number] = 0;
    // An array that grows has room for many: most users have one share.
    if (free === undefined) owner.numbers = [...owner.numbers, number];
    return number;
  }
}

/** Few publishers are one user's, so that adding them up costs less than counting twice each time. */
function sumOf(counts: readonly number[], owner: Owner | undefined): number {
  let sum = 0;
  for (const number of owner?.numbers ?? []) sum += counts[number]!;
  return sum;
}
