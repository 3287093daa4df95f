/**
 * Who publishes what.
 *
 * @module
 */

import { PUBLICATIONS_PER_USER } from "../protocol/limits.ts";
import type { FileDetails } from "../protocol/messages.ts";

/** What is known of each publisher's file; `undefined` from those who did not tell. */
export type Publishers = ReadonlyMap<string, FileDetails | undefined>;

type Table = Map<string, Map<string, FileDetails | undefined>>;

const NONE: Publishers = new Map();

/** All publications. They outlive the sessions of those who made them. */
export class Catalogue {
  readonly #namesOf: Table = new Map();
  readonly #publishersOf: Table = new Map();

  /** Publishes `name` for `user`. Returns false if the user has as many as one may have. */
  publish(user: string, name: string, details?: FileDetails): boolean {
    const names = this.#namesOf.get(user);
    if (names && names.size >= PUBLICATIONS_PER_USER && !names.has(name)) return false;
    put(this.#namesOf, user, name, details);
    put(this.#publishersOf, name, user, details);
    return true;
  }

  /** Withdraws `user`'s publication of `name`. Returns false if there was none. */
  withdraw(user: string, name: string): boolean {
    return remove(this.#namesOf, user, name) && remove(this.#publishersOf, name, user);
  }

  /** What `user` publishes: names and what is known of the files, in no order. */
  namesOf(user: string): Publishers {
    return this.#namesOf.get(user) ?? NONE;
  }

  /** Who publishes `name`, active or not. */
  publishersOf(name: string): Publishers {
    return this.#publishersOf.get(name) ?? NONE;
  }

  /** Names that contain every one of `words`, letter for letter, with publishers, in no order. */
  *search(words: readonly string[]): Generator<[name: string, publishers: Publishers]> {
    for (const entry of this.#publishersOf) {
      if (words.every((word) => entry[0].includes(word))) yield entry;
    }
  }
}

function put(table: Table, key: string, inner: string, details: FileDetails | undefined): void {
  const row = table.get(key) ?? new Map();
  table.set(key, row.set(inner, details));
}

function remove(table: Table, key: string, inner: string): boolean {
  const row = table.get(key);
  if (!row?.delete(inner)) return false;
  if (row.size === 0) table.delete(key);
  return true;
}
