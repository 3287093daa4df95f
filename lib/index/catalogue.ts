/**
 * Who publishes what.
 *
 * @module
 */

import { PUBLICATIONS_PER_USER } from "../protocol/limits.ts";

const NOBODY: ReadonlySet<string> = new Set();

/** All publications. They outlive the sessions of those who made them. */
export class Catalogue {
  readonly #namesOf = new Map<string, Set<string>>();
  readonly #publishersOf = new Map<string, Set<string>>();

  /** Publishes `name` for `user`. Returns false if the user has as many as one may have. */
  publish(user: string, name: string): boolean {
    const names = this.#namesOf.get(user) ?? new Set();
    if (!names.has(name) && names.size >= PUBLICATIONS_PER_USER) return false;
    this.#namesOf.set(user, names.add(name));
    const publishers = this.#publishersOf.get(name) ?? new Set();
    this.#publishersOf.set(name, publishers.add(user));
    return true;
  }

  /** Withdraws `user`'s publication of `name`. Returns false if there was none. */
  withdraw(user: string, name: string): boolean {
    return remove(this.#namesOf, user, name) && remove(this.#publishersOf, name, user);
  }

  /** What `user` publishes, sorted. */
  namesOf(user: string): string[] {
    return [...this.#namesOf.get(user) ?? NOBODY].sort();
  }

  /** Who publishes `name`, active or not. */
  publishersOf(name: string): ReadonlySet<string> {
    return this.#publishersOf.get(name) ?? NOBODY;
  }

  /** Names that contain `text`, letter for letter, each with its publishers, in no order. */
  *search(text: string): Generator<[name: string, publishers: ReadonlySet<string>]> {
    for (const entry of this.#publishersOf) {
      if (entry[0].includes(text)) yield entry;
    }
  }
}

function remove(sets: Map<string, Set<string>>, key: string, value: string): boolean {
  const set = sets.get(key);
  if (!set?.delete(value)) return false;
  if (set.size === 0) sets.delete(key);
  return true;
}
