/**
 * The sessions at the other servers of a fleet.
 *
 * @module
 */

import { type ContentKey, formatContent } from "../protocol/content.ts";
import type { SealedSession, ServerClock, Session, Sessions } from "./sessions/sessions.ts";
import { type SharedSession, takeChanges, toShared } from "./sessions/shared_session.ts";
import type { UnfinishedContents } from "./unfinished_contents.ts";

/** A session at another server, and what it was said to have in part. */
interface Fellow {
  readonly session: Session;
  unfinished: readonly ContentKey[];
}

/**
 * Takes in what other servers tell of their sessions, which are then listed, searched and named as
 * sources like those of this one. A session is active until its server, or the end of that server's
 * lease, says that it is not. Times are in milliseconds of this server's clock.
 */
export class FellowSessions {
  readonly #sessions: Sessions;
  readonly #unfinished: UnfinishedContents;
  readonly #fellows = new Map<string, Fellow>();

  constructor(sessions: Sessions, unfinished: UnfinishedContents) {
    this.#sessions = sessions;
    this.#unfinished = unfinished;
  }

  /** How many there are. */
  get size(): number {
    return this.#fellows.size;
  }

  /**
   * Takes in a session, or what has changed of it.
   *
   * @param key What tells it from all others: where it is registered
   * @param clock That of its server
   */
  put(key: string, shared: SharedSession, clock: ServerClock, now: number): void {
    const known = this.#fellows.get(key);
    if (known && known.session.sealed!.keys.session !== shared.name) this.remove(key);
    const fellow = this.#fellows.get(key) ??
      { session: this.#sessions.openFellow(shared, clock, now), unfinished: [] };
    this.#fellows.set(key, fellow);
    if (known?.session === fellow.session) takeChanges(fellow.session, shared);
    const kept = new Set(shared.unfinished.map(formatContent));
    for (const content of fellow.unfinished) {
      if (!kept.has(formatContent(content))) this.#unfinished.remove(fellow.session, content);
    }
    fellow.unfinished = shared.unfinished;
    this.#claim(fellow, now);
  }

  /** Takes in that a session is over. */
  remove(key: string): void {
    const fellow = this.#fellows.get(key);
    if (!fellow) return;
    this.#fellows.delete(key);
    for (const content of fellow.unfinished) this.#unfinished.remove(fellow.session, content);
    this.#sessions.closeFellow(fellow.session);
  }

  /** Where those are registered that are known. */
  keys(): string[] {
    return [...this.#fellows.keys()];
  }

  /** What other servers are to be told of `session`, which was opened here. */
  describe(session: SealedSession, now: number): SharedSession {
    return toShared(session, this.#unfinished.contentsOf(session, now), now);
  }

  /** Believes for another while what they were said to have in part. To be called now and then. */
  refresh(now: number): void {
    for (const fellow of this.#fellows.values()) this.#claim(fellow, now);
  }

  #claim({ session, unfinished }: Fellow, now: number): void {
    for (const content of unfinished) this.#unfinished.add(session, content, now);
  }
}
