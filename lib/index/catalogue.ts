/**
 * Who publishes what.
 *
 * @module
 */

import { PUBLICATIONS_PER_USER } from "../protocol/limits.ts";
import type { FileDetails } from "../protocol/messages.ts";

/** What is known of each publisher's file; `undefined` from those who did not tell. */
export type Publishers = ReadonlyMap<string, FileDetails | undefined>;

/** One entry of the journal: what a user published or withdrew. */
export type CatalogueEvent =
  | {
    readonly kind: "publish";
    readonly user: string;
    readonly name: string;
    readonly details?: FileDetails | undefined;
  }
  | { readonly kind: "withdraw"; readonly user: string; readonly name: string };

/** A file that a user publishes. */
export interface Publication {
  readonly user: string;
  readonly name: string;
  readonly details?: FileDetails | undefined;
}

type Table = Map<string, Map<string, FileDetails | undefined>>;

const NONE: Publishers = new Map();

/**
 * All publications, which outlive the sessions of those who made them: a fold over the events that
 * made them, and changed by nothing else.
 */
export class Catalogue {
  readonly #namesOf: Table = new Map();
  readonly #publishersOf: Table = new Map();

  /** Takes in one event; those of a journal in their order make the catalogue what it was. */
  apply(event: CatalogueEvent): void {
    const { user, name } = event;
    if (event.kind === "publish") {
      put(this.#namesOf, user, name, event.details);
      put(this.#publishersOf, name, user, event.details);
    } else {
      remove(this.#namesOf, user, name);
      remove(this.#publishersOf, name, user);
    }
  }

  /** Whether `user` publishes `name`. */
  has(user: string, name: string): boolean {
    return this.namesOf(user).has(name);
  }

  /** What is known of the file that `user` publishes as `name`. */
  detailsOf(user: string, name: string): FileDetails | undefined {
    return this.namesOf(user).get(name);
  }

  /** Whether `user` has, with `coming` more, as many publications as one may have. */
  isFull(user: string, coming = 0): boolean {
    return this.namesOf(user).size + coming >= PUBLICATIONS_PER_USER;
  }

  /** What `user` publishes: names and what is known of the files, in no order. */
  namesOf(user: string): Publishers {
    return this.#namesOf.get(user) ?? NONE;
  }

  /** Who publishes `name`, active or not. */
  publishersOf(name: string): Publishers {
    return this.#publishersOf.get(name) ?? NONE;
  }

  /** Publications whose id begins with `beginning`, in no order. */
  *withId(beginning: string): Generator<Publication> {
    for (const [name, publishers] of this.#publishersOf) {
      for (const [user, details] of publishers) {
        if (details?.id.startsWith(beginning)) yield { user, name, details };
      }
    }
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

function remove(table: Table, key: string, inner: string): void {
  const row = table.get(key);
  if (row?.delete(inner) && row.size === 0) table.delete(key);
}
