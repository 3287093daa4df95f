/**
 * Places in lists whose names are too long to travel with a request.
 *
 * @module
 */

import { PLACES_PER_USER_KEPT } from "../protocol/limits.ts";
import type { Reply } from "../protocol/messages.ts";
import { type ListRequest, roomForCursor } from "../protocol/sealed_request.ts";
import { utf8Length } from "../protocol/utf8.ts";

type List = Reply & { kind: "list" };

/** No name, no user and no bucket of a list begins with it, so that a cursor is told from a name. */
const MARK = ":";

/** Longest name that is a cursor itself: beside it there is room for the longest row. */
const CURSOR_BYTES = 64;

/** The newest places of each user, by the cursors that stand for them. */
export class LongPlaces {
  readonly #placesOf = new Map<string, Map<string, string>>();
  #count = 0;

  /** The name after which a list of `user` goes on at `after`; nothing if that cursor is too old. */
  find(user: string, after: string): string | undefined {
    return after.startsWith(MARK) ? this.#placesOf.get(user)?.get(after) : after;
  }

  /** `list`, the answer to `request`, with cursors wherever it may go on after a long name. */
  withCursors(list: List, request: ListRequest): List {
    const { user } = request;
    const room = roomForCursor(request);
    const cursors = list.items.map((name, i) => {
      const place = list.cursors?.[i];
      const most = place === undefined ? room : CURSOR_BYTES;
      return isLonger(place ?? name, most) ? this.#keep(user, place ?? name) : place;
    });
    const { cursor = "" } = list;
    return {
      ...list,
      ...cursors.some((it) => it !== undefined) ? { cursors } : {},
      ...isLonger(cursor, CURSOR_BYTES) ? { cursor: this.#keep(user, cursor) } : {},
    };
  }

  /** Forgets the places of those who are not `there`. */
  forgetOthers(isThere: (user: string) => boolean): void {
    for (const user of this.#placesOf.keys()) if (!isThere(user)) this.#placesOf.delete(user);
  }

  #keep(user: string, name: string): string {
    const places = this.#placesOf.get(user) ?? new Map<string, string>();
    this.#placesOf.set(user, places);
    const cursor = `${MARK}${++this.#count}`;
    places.set(cursor, name);
    const [oldest = cursor] = places.keys();
    if (places.size > PLACES_PER_USER_KEPT) places.delete(oldest);
    return cursor;
  }
}

/** Whether `text` has more than `most` bytes, of which a letter has up to three. */
function isLonger(text: string, most: number): boolean {
  return 3 * text.length > most && utf8Length(text) > most;
}
