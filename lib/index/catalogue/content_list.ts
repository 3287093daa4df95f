/**
 * Who has a content, of a few publications that come and go.
 *
 * @module
 */

import type { ContentKey } from "../../protocol/content.ts";
import { lowerBound } from "../../collections/lower_bound.ts";
import { ByContent } from "./by_content.ts";
import type { Publication } from "./publication.ts";
import type { PublisherTable } from "./publisher_table.ts";

/** A publication whose id is known. */
interface Item {
  readonly publisher: number;
  readonly name: string;
  readonly details: ContentKey;
}

/** A sorted list. */
export class ContentList extends ByContent {
  readonly #publishers: PublisherTable;
  readonly #items: Item[] = [];

  constructor(publishers: PublisherTable) {
    super();
    this.#publishers = publishers;
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

  protected publisherAt(place: number): number {
    return this.#items[place]!.publisher;
  }

  protected sizeAt(place: number): number {
    return this.#items[place]!.details.size;
  }

  protected publicationAt(place: number): Publication {
    const { publisher, name, details } = this.#items[place]!;
    return { ...this.#publishers.of(publisher), publisher, name, details };
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
  const order = a.publisher - b.publisher || a.details.size - b.details.size;
  return order || (a.name < b.name ? -1 : a.name === b.name ? 0 : 1);
}
