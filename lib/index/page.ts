/**
 * The part of a list that one reply shows.
 *
 * @module
 */

import { COUNTED_ROWS, DATAGRAM_BYTES } from "../protocol/limits.ts";
import type {
  FileDetails,
  ListOf,
  Reply,
  ServedShare,
  SessionDetails,
} from "../protocol/messages.ts";
import { utf8Length } from "../protocol/utf8.ts";

/** An item of a list, and what is known of it. */
export interface Row {
  readonly name: string;
  readonly details?: FileDetails | undefined;
  readonly from?: ServedShare | undefined;
  readonly session?: SessionDetails | undefined;
  readonly digest?: string | undefined;
  /** Where the list goes on behind it, if another row has the same name. */
  readonly place?: string | undefined;
}

/** As many rows as a reply holds in any protocol, and how many more there are. */
export class Page {
  readonly #of: ListOf;
  readonly #most: number;
  readonly #rows: Row[] = [];
  readonly #cursors: (string | undefined)[] = [];
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
      if (this.#more === 0) this.#markPlaceBefore(row);
      if (this.isFull && ++this.#more === this.#most) return;
      if (!this.isFull) this.#show(row);
    }
  }

  /** The list as it is so far. */
  list(): Reply & { kind: "list" } {
    const rows = this.#rows;
    return {
      kind: "list",
      of: this.#of,
      items: rows.map(({ name }) => name),
      more: this.#more,
      ...column(rows, "details", ({ details }) => details),
      ...column(rows, "shares", ({ from }) => from),
      ...column(rows, "sessions", ({ session }) => session),
      ...column(rows, "digests", ({ digest }) => digest),
      ...this.#cursors.length > 0 ? { cursors: this.#cursors } : {},
    };
  }

  /** A name is no place to go on behind if the next row has the same. */
  #markPlaceBefore({ name }: Row): void {
    const last = this.#rows.length - 1;
    const before = this.#rows[last];
    if (before?.name === name) this.#cursors[last] = before.place;
  }

  /** Takes a copy: what is read of the catalogue is good until it changes. */
  #show({ name, details, from, session, digest, place }: Row): void {
    this.#rows.push({ name, details, from, session, digest, place });
    this.#bytesLeft -= 1 + utf8Length(name);
  }
}

/** The page of `rows`. */
export function page(of: ListOf, rows: Iterable<Row>): Reply & { kind: "list" } {
  const page = new Page(of);
  page.addAll(rows);
  return page.list();
}

/** What is known of each row, where anything is known of any. */
function column<K extends string, V>(
  rows: readonly Row[],
  key: K,
  valueOf: (row: Row) => V | undefined,
): { [P in K]?: V[] } {
  const values = rows.map(valueOf);
  const isTold = values.some((value) => value !== undefined);
  return (isTold ? { [key]: values } : {}) as { [P in K]?: V[] };
}
