/**
 * Who has a content, of a few publications that come and go.
 *
 * @module
 */

import type { ContentKey } from "../../protocol/content.ts";
import { lowerBound } from "../../collections/lower_bound.ts";
import { ByContent } from "./by_content.ts";
import type { Publication } from "./publication.ts";
import type { UserTable } from "./user_table.ts";

/** A publication whose id is known. */
interface Item {
  readonly user: number;
  readonly name: string;
  readonly details: ContentKey;
}

/** A sorted list. */
export class ContentList extends ByContent {
  readonly #users: UserTable;
  readonly #items: Item[] = [];

  constructor(users: UserTable) {
    super();
    this.#users = users;
  }

  /** Adds what is not there. */
  add(item: Item): void {
    this.#items.splice(this.#placeOf(item), 0, item);
  }

  /** Takes out what is there. */
  remove(item: Item): void {
    this.#items.splice(this.#placeOf(item), 1);
  }

  protected range(low: string, high: string): readonly [number, number] {
    const { length } = this.#items;
    const from = lowerBound(length, (place) => this.#idAt(place) < low);
    return [from, from + lowerBound(length - from, (i) => this.#idAt(from + i) <= high)];
  }

  protected isSameId(place: number, other: number): boolean {
    return this.#idAt(place) === this.#idAt(other);
  }

  protected userAt(place: number): number {
    return this.#items[place]!.user;
  }

  protected sizeAt(place: number): number {
    return this.#items[place]!.details.size;
  }

  protected publicationAt(place: number): Publication {
    const { user, name, details } = this.#items[place]!;
    return { user: this.#users.nameOf(user), name, details };
  }

  #idAt(place: number): string {
    return this.#items[place]!.details.id;
  }

  #placeOf(item: Item): number {
    return lowerBound(this.#items.length, (place) => compare(this.#items[place]!, item) < 0);
  }
}

function compare(a: Item, b: Item): number {
  if (a.details.id !== b.details.id) return a.details.id < b.details.id ? -1 : 1;
  const order = a.user - b.user || a.details.size - b.details.size;
  return order || (a.name < b.name ? -1 : a.name === b.name ? 0 : 1);
}
