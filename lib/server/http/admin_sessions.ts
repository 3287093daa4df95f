/**
 * Administrators who are logged in on the status page. Pure: time comes in as an argument, in
 * milliseconds.
 *
 * @module
 */

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { RecentMap } from "../../collections/recent_map.ts";
import { toBase64Url } from "../../protocol/base64url.ts";

/** How long a session lasts in which nothing happens: a browser that was left open. */
export const IDLE_MS = 30 * 60_000;
/** How long a session lasts at most: a day's work. */
export const SESSION_MS = 12 * 3_600_000;

/** Most sessions: there is one administrator, and as many devices as that one has. */
const MOST_SESSIONS = 32;
/** Bytes of what names a session, and of its token: nobody guesses them. */
const SECRET_BYTES = 32;

interface Session {
  readonly csrf: string;
  /** With what password it began: another one ends it. */
  readonly verifier: string;
  readonly since: number;
  seen: number;
}

/** A session that has just begun. */
export interface NewSession {
  /** Names it: a secret. */
  readonly id: string;
  /** Goes with each of its requests: pages of other sites cannot know it. */
  readonly csrf: string;
}

/** The sessions of the administrator. */
export class AdminSessions {
  /** By digests, so that looking for one tells nothing of others. */
  readonly #sessions = new RecentMap<string, Session>(MOST_SESSIONS);

  /** Begins a session under a new name, whatever the browser had before. */
  begin(verifier: string, now: number): NewSession {
    const [id, csrf] = [newSecret(), newSecret()];
    this.#sessions.set(digestOf(id), { csrf, verifier, since: now, seen: now });
    return { id, csrf };
  }

  /** The token of the session `id`, which goes on by that, if there is one. */
  csrfOf(id: string | undefined, verifier: string | undefined, now: number): string | undefined {
    const session = id === undefined ? undefined : this.#sessions.get(digestOf(id));
    if (!session) return undefined;
    const isOver = now - session.seen > IDLE_MS || now - session.since > SESSION_MS;
    if (isOver || session.verifier !== verifier) return void this.end(id!);
    session.seen = now;
    return session.csrf;
  }

  /** Ends the session `id`, if there is one. */
  end(id: string): void {
    this.#sessions.delete(digestOf(id));
  }
}

/** Whether `given` is the token `csrf`. */
export function isToken(given: string | undefined, csrf: string): boolean {
  const [a, b] = [given ?? "", csrf].map((text) => createHash("sha256").update(text).digest());
  return timingSafeEqual(a!, b!);
}

function newSecret(): string {
  return toBase64Url(randomBytes(SECRET_BYTES));
}

function digestOf(id: string): string {
  return createHash("sha256").update(id).digest("base64url");
}
