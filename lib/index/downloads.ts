/**
 * Who has how much of what they fetch, as they tell. Pure: time comes in as an argument, in
 * milliseconds of any steady clock.
 *
 * @module
 */

import { RecentMap } from "../collections/recent_map.ts";
import { type ContentKey, formatContent } from "../protocol/content.ts";
import { isActive, type Session } from "./sessions/sessions.ts";

/** How long a download is remembered after the last that was heard of it. */
export const REMEMBERED_DOWNLOADS_MS = 60 * 60 * 1_000;
/** Downloads that are remembered of one user: what was heard of longest ago goes first. */
export const DOWNLOADS_PER_USER = 256;
/** Downloads that are remembered in all: some 5 MB. */
export const REMEMBERED_DOWNLOADS = 20_000;

/** How much a session has of a content. */
export interface Holder {
  readonly session: Session;
  readonly bytes: number;
  /** When it said so. */
  readonly at: number;
}

/** A content, and who fetches it or has fetched it. */
export interface ContentDownloads {
  readonly content: ContentKey;
  /** Who has most comes first. */
  readonly holders: readonly Holder[];
  /** How many have all of it. */
  readonly complete: number;
}

/** The first contents of all, and how many there are. */
export interface DownloadBoard {
  readonly total: number;
  readonly first: readonly ContentDownloads[];
}

interface Row extends Holder {
  readonly key: string;
  readonly content: ContentKey;
  /** The same as text. */
  readonly contentKey: string;
}

/**
 * Remembers what sessions tell of their downloads. Each share of a user counts once, however often its
 * client begins anew. A download that is not complete is forgotten with its session.
 */
export class Downloads {
  /** What was heard of longest ago comes first. */
  readonly #rows = new RecentMap<string, Row>();
  readonly #ofUser = new Map<string, RecentMap<string, Row>>();

  /** Takes in that `session` has `bytes` of `content`. */
  take(session: Session, content: ContentKey, bytes: number, now: number): void {
    const contentKey = formatContent(content);
    const key = `${contentKey} ${session.user} ${session.share ?? session.number}`;
    const own = this.#ofUser.get(session.user) ?? new RecentMap<string, Row>();
    this.#ofUser.set(session.user, own);
    const row = { key, content, contentKey, session, bytes, at: now };
    this.#rows.set(key, row);
    own.set(key, row);
    if (own.size > DOWNLOADS_PER_USER) this.#dropOne(own);
    if (this.#rows.size > REMEMBERED_DOWNLOADS) this.#dropOne(this.#rows);
    for (const old of this.#rows.takeOldest(({ at }) => now - at > REMEMBERED_DOWNLOADS_MS)) {
      this.#drop(old);
    }
  }

  /** The contents with most holders, at most `most` of them. */
  board(now: number, most: number): DownloadBoard {
    const byContent = new Map<string, Row[]>();
    for (const row of this.#rows.values()) {
      if (!isKept(row, now)) {
        this.#drop(row);
        continue;
      }
      const rows = byContent.get(row.contentKey);
      if (rows) rows.push(row);
      else byContent.set(row.contentKey, [row]);
    }
    const inOrder = [...byContent.values()].sort((a, b) => b.length - a.length);
    return { total: inOrder.length, first: inOrder.slice(0, most).map(downloadsOf) };
  }

  #dropOne(rows: RecentMap<string, Row>): void {
    const [oldest] = rows.values();
    if (oldest) this.#drop(oldest);
  }

  #drop({ key, session: { user } }: Row): void {
    this.#rows.delete(key);
    const own = this.#ofUser.get(user);
    own?.delete(key);
    if (own?.size === 0) this.#ofUser.delete(user);
  }
}

function isKept({ session, content, bytes, at }: Row, now: number): boolean {
  if (now - at > REMEMBERED_DOWNLOADS_MS) return false;
  return bytes === content.size || isActive(session, now);
}

function downloadsOf(rows: readonly Row[]): ContentDownloads {
  const [{ content }] = rows as [Row];
  const holders = rows.toSorted((a, b) => b.bytes - a.bytes);
  return { content, holders, complete: rows.filter(({ bytes }) => bytes === content.size).length };
}
