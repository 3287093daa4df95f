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
import type { Publishers } from "../protocol/publishers.ts";
import { utf8Length } from "../protocol/utf8.ts";

/** An item of a list, and what is known of it. */
export interface Row {
  readonly name: string;
  readonly details?: FileDetails | undefined;
  readonly publishers?: Publishers | undefined;
  readonly from?: ServedShare | undefined;
  readonly session?: SessionDetails | undefined;
  readonly digest?: string | undefined;
  /** Where the list goes on behind it, if another row has the same name. */
  readonly place?: string | undefined;
}

/** How a {@linkcode Page} is made. */
export interface PageOptions<T> {
  /** What is shown of an item. Nothing else of it is read. @default the item */
  readonly describe?: (item: T) => Row;
  /** How many items beyond those that are shown are counted. @default {COUNTED_ROWS} */
  readonly most?: number;
}

/** As many items as a reply holds in any protocol, and how many more there are. */
export class Page<T extends Row = Row> {
  readonly #of: ListOf;
  readonly #describe: (item: T) => Row;
  readonly #most: number;
  readonly #items: string[] = [];
  readonly #details: (FileDetails | undefined)[] = [];
  // There is one of each for every item, or none.
  readonly #publishers: Publishers[] = [];
  readonly #shares: ServedShare[] = [];
  readonly #sessions: SessionDetails[] = [];
  readonly #digests: string[] = [];
  readonly #cursors: (string | undefined)[] = [];
  #lastPlace: string | undefined;
  #bytesLeft = DATAGRAM_BYTES;
  #more = 0;

  constructor(of: ListOf, options: PageOptions<T> = {}) {
    const { describe = (item) => item, most = COUNTED_ROWS } = options;
    this.#of = of;
    this.#describe = describe;
    this.#most = most;
  }

  /** Whether no further item is shown. */
  get isFull(): boolean {
    return this.#bytesLeft <= 0;
  }

  /** Shows or counts `items`, until enough are counted. None is read that is only counted. */
  addAll(items: Iterable<T>): void {
    for (const item of items) {
      if (!this.isFull) this.#show(this.#describe(item));
      else {
        if (this.#more === 0) this.#markPlaceBefore(item.name);
        if (++this.#more === this.#most) return;
      }
    }
  }

  /** The list as it is so far. */
  list(): Reply & { kind: "list" } {
    const isTold = this.#details.some((known) => known !== undefined);
    return {
      kind: "list",
      of: this.#of,
      items: this.#items,
      more: this.#more,
      ...isTold ? { details: this.#details } : {},
      ...this.#publishers.length > 0 ? { publishers: this.#publishers } : {},
      ...this.#shares.length > 0 ? { shares: this.#shares } : {},
      ...this.#sessions.length > 0 ? { sessions: this.#sessions } : {},
      ...this.#digests.length > 0 ? { digests: this.#digests } : {},
      ...this.#cursors.length > 0 ? { cursors: this.#cursors } : {},
    };
  }

  /** A name is no place to go on behind if the next row has the same. */
  #markPlaceBefore(name: string): void {
    const last = this.#items.length - 1;
    if (this.#items[last] === name) this.#cursors[last] = this.#lastPlace;
  }

  /** Takes a copy: what is read of the catalogue is good until it changes. */
  #show({ name, details, publishers, from, session, digest, place }: Row): void {
    this.#markPlaceBefore(name);
    this.#items.push(name);
    this.#details.push(details);
    if (publishers) this.#publishers.push(publishers);
    if (from) this.#shares.push(from);
    if (session) this.#sessions.push(session);
    if (digest !== undefined) this.#digests.push(digest);
    this.#lastPlace = place;
    this.#bytesLeft -= 1 + utf8Length(name);
  }
}

/** The page of `items`. */
export function page<T extends Row>(
  of: ListOf,
  items: Iterable<T>,
  describe: (item: T) => Row = (item) => item,
): Reply & { kind: "list" } {
  const page = new Page(of, { describe });
  page.addAll(items);
  return page.list();
}
