/**
 * What is told of an index to those who run it: a view that copies nothing but what it shows.
 *
 * @module
 */

import type { MaybePromise } from "../async/maybe_promise.ts";
import type { ContentKey } from "../protocol/content.ts";
import type { Reply } from "../protocol/messages.ts";
import { COUNTED_PUBLISHERS } from "../protocol/publishers.ts";
import type { Catalogue } from "./catalogue/catalogue.ts";
import type { DownloadBoard, Downloads } from "./downloads.ts";
import type { Lists } from "./lists.ts";
import type { Defer } from "./long_work.ts";
import type { ServingSessions } from "./serving_sessions.ts";
import type { Session, Sessions } from "./sessions/sessions.ts";

/** What an {@linkcode Overview} looks at. */
export interface OverviewParts {
  readonly sessions: Sessions;
  readonly serving: ServingSessions;
  readonly catalogue: Catalogue;
  readonly downloads: Downloads;
  readonly lists: Lists;
  readonly defer: Defer;
}

/** Who publishes a content, {@linkcode COUNTED_PUBLISHERS} at most. */
export interface ContentSources {
  /** What the first of them calls it; nothing if nobody publishes it. */
  readonly name?: string;
  readonly active: number;
  readonly total: number;
}

/** Who owns the searches of those who run the index: no user has an empty name. */
const OPERATOR = "";

/** Reads of an index. Times are those of its clock, in milliseconds. */
export class Overview {
  readonly #parts: OverviewParts;

  constructor(parts: OverviewParts) {
    this.#parts = parts;
  }

  /** How many publications there are. */
  get publications(): number {
    return this.#parts.catalogue.size;
  }

  /** How many names they have, at most: one that is not published any more counts for a while. */
  get names(): number {
    return this.#parts.catalogue.names;
  }

  /** How many users with how many sessions are active at `now`. */
  countActive(now: number): { readonly users: number; readonly sessions: number } {
    return this.#parts.sessions.countActive(now);
  }

  /** The sessions that are active at `now`, by user and then by age: the first `most`. */
  activeSessions(now: number, most: number): Session[] {
    const { sessions } = this.#parts;
    const first: Session[] = [];
    for (const user of sessions.activeUsers(now)) {
      if (first.length >= most) break;
      first.push(...sessions.of(user, now));
    }
    return first.slice(0, most);
  }

  /** How many publications `session` serves at `now`: another one may serve the same share. */
  publicationsOf(session: Session, now: number): number {
    const { sessions, catalogue } = this.#parts;
    const { user, share } = session;
    const isServing = share !== undefined && sessions.serving(user, share, now) === session;
    return isServing ? catalogue.countIn(user, share) : 0;
  }

  /** The contents that most fetch at `now`: the first `most`, and how many there are. */
  downloads(now: number, most: number): DownloadBoard {
    return this.#parts.downloads.board(now, most);
  }

  /** Who publishes `content`. */
  sourcesOf(content: ContentKey, now: number): ContentSources {
    const { catalogue, serving } = this.#parts;
    const found = catalogue.holdersOf(content, { most: COUNTED_PUBLISHERS, turn: 0 });
    const active = found.filter((it) => serving.of(it, now)).length;
    const name = found[0]?.name;
    return { active, total: found.length, ...name === undefined ? {} : { name } };
  }

  /**
   * The active files that `text` finds, from the one after `after` on: a page of them, when it is its
   * turn among the searches of users. Nothing if too many are waiting.
   *
   * @throws {BitTrickleError} `malformed` if `text` is no search
   */
  search(text: string, after: string, now: number): MaybePromise<Reply> | undefined {
    return this.#parts.defer<Reply>(OPERATOR, this.#parts.lists.found(text, after, now));
  }
}
