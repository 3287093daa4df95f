/**
 * The part of a list that one reply shows.
 *
 * @module
 */

import { COUNTED_ROWS, DATAGRAM_BYTES } from "../protocol/limits.ts";
import type { FileDetails, ListOf, Reply } from "../protocol/messages.ts";
import { utf8Length } from "../protocol/utf8.ts";

/** An item of a list, and what is known of it. */
export interface Row {
  readonly name: string;
  readonly details?: FileDetails | undefined;
}

/** As many rows as a reply holds in any protocol, and how many more there are. */
export class Page {
  readonly #of: ListOf;
  readonly #most: number;
  readonly #items: string[] = [];
  readonly #details: (FileDetails | undefined)[] = [];
  #bytesLeft = DATAGRAM_BYTES;
  #more = 0;

  /** @param most How many rows beyond those that are shown are counted */
  constructor(of: ListOf, most: number = COUNTED_ROWS) {
    this.#of = of;
    this.#most = most;
  }

  /** Whether no further row is shown. */
  get isFull(): boolean {
    return this.#bytesLeft <= 0;
  }

  /** Shows or counts `rows`, until enough are counted. No row is read before it is shown. */
  addAll(rows: Iterable<Row>): void {
    for (const row of rows) {
      if (this.isFull && ++this.#more === this.#most) return;
      if (!this.isFull) this.#show(row);
    }
  }

  /** The list as it is so far. */
  list(): Reply & { kind: "list" } {
    const isTold = this.#details.some((known) => known !== undefined);
    const details = isTold ? { details: this.#details } : {};
    return { kind: "list", of: this.#of, items: this.#items, more: this.#more, ...details };
  }

  #show({ name, details }: Row): void {
    this.#items.push(name);
    this.#details.push(details);
    this.#bytesLeft -= 1 + utf8Length(name);
  }
}

/** The page of `rows`. */
export function page(of: ListOf, rows: Iterable<Row>): Reply & { kind: "list" } {
  const page = new Page(of);
  page.addAll(rows);
  return page.list();
}
