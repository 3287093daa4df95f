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
interface RemoteSession {
  readonly session: Session;
  unfinished: readonly ContentKey[];
}

/**
 * Takes in what other servers tell of their sessions, which are then listed, searched and named as
 * sources like those of this one. A session is active until its server, or the end of that server's
 * lease, says that it is not. Times are in milliseconds of this server's clock.
 */
export class RemoteSessions {
  readonly #sessions: Sessions;
  readonly #unfinished: UnfinishedContents;
  readonly #remotes = new Map<string, RemoteSession>();

  constructor(sessions: Sessions, unfinished: UnfinishedContents) {
    this.#sessions = sessions;
    this.#unfinished = unfinished;
  }

  /** How many there are. */
  get size(): number {
    return this.#remotes.size;
  }

  /**
   * Takes in a session, or what has changed of it.
   *
   * @param key What tells it from all others: where it is registered
   * @param clock That of its server
   */
  put(key: string, shared: SharedSession, clock: ServerClock, now: number): void {
    const known = this.#remotes.get(key);
    if (known && known.session.sealed!.keys.session !== shared.name) this.remove(key);
    const remote = this.#remotes.get(key) ??
      { session: this.#sessions.openRemote(shared, clock, now), unfinished: [] };
    this.#remotes.set(key, remote);
    if (known?.session === remote.session) takeChanges(remote.session, shared);
    const kept = new Set(shared.unfinished.map(formatContent));
    for (const content of remote.unfinished) {
      if (!kept.has(formatContent(content))) this.#unfinished.remove(remote.session, content);
    }
    remote.unfinished = shared.unfinished;
    this.#claim(remote, now);
  }

  /** Takes in that a session is over. */
  remove(key: string): void {
    const remote = this.#remotes.get(key);
    if (!remote) return;
    this.#remotes.delete(key);
    for (const content of remote.unfinished) this.#unfinished.remove(remote.session, content);
    this.#sessions.closeRemote(remote.session);
  }

  /** Where those are registered that are known. */
  keys(): string[] {
    return [...this.#remotes.keys()];
  }

  /** What other servers are to be told of `session`, which was opened here. */
  describe(session: SealedSession, now: number): SharedSession {
    return toShared(session, this.#unfinished.contentsOf(session, now), now);
  }

  /** Believes for another while what they were said to have in part. To be called now and then. */
  refresh(now: number): void {
    for (const remote of this.#remotes.values()) this.#claim(remote, now);
  }

  #claim({ session, unfinished }: RemoteSession, now: number): void {
    for (const content of unfinished) this.#unfinished.add(session, content, now);
  }
}
