/**
 * What of the sessions of this server is registered, and what should be.
 *
 * @module
 */

import { end, isActive, type SealedSession } from "../index/sessions/session.ts";
import type { SharedSession } from "../index/sessions/shared_session.ts";
import type { ValueWatcher } from "./secrets.ts";

/** Sessions that are gone through at once: a server with ten thousand does little else if it is all of them. */
const LOOKED_AT = 2_500;

/** Hears how it goes with sessions. */
export interface SessionWatcher extends ValueWatcher {
  /** Why etcd refuses what is put for the sessions of this server; nothing each time that it does not. */
  readonly onSessionFault?: ((reason: string | undefined) => void) | undefined;
}

/** What etcd has at a key: the name of a session, and when it was put. */
interface Entry {
  readonly name: string;
  readonly revision: number;
}

/** An open session, and what was told of it last. */
interface Open {
  readonly session: SealedSession;
  told: SharedSession;
}

/** What has to be done at a key that was put last in `revision`; without a session it is deleted. */
export interface Correction {
  readonly key: string;
  readonly revision: number;
  readonly shared?: SharedSession | undefined;
}

/** A session that was put. */
export interface Registration extends Correction {
  readonly shared: SharedSession;
}

/**
 * Compares what etcd has told that it has, with the sessions that are open. A correction names the
 * revision that it is about, so that one that comes late, or twice, changes nothing of somebody else's.
 */
export class OwnSessions {
  readonly #there = new Map<string, Entry>();
  readonly #open = new Map<string, Open>();
  /** Names of sessions that are just being registered. */
  readonly #pending = new Set<string>();
  readonly #keys: Map<string, string>;
  /** Where it is gone on. */
  #round = this.#there.entries();

  /** @param keys Takes where each open session is registered, by its name */
  constructor(keys: Map<string, string>) {
    this.#keys = keys;
  }

  /** Takes in what etcd has at `key`, which this server has put; it may have told of more since. */
  noticed(key: string, name: string, revision: number): void {
    if (revision > this.#revisionAt(key)) this.#there.set(key, { name, revision });
  }

  /** Forgets `key`. Its session is over for good: it has no place any more. */
  forget(key: string): void {
    const open = this.#open.get(key);
    if (open) {
      end(open.session);
      this.#keys.delete(nameOf(open.session));
    }
    this.#there.delete(key);
    this.#open.delete(key);
  }

  /** Takes in that nothing of this server is at `key` since `revision`; it may have put more there since. */
  deleted(key: string, revision: number): void {
    if (revision > this.#revisionAt(key)) this.forget(key);
  }

  /** Runs `register`, which returns what it has put for `session`, if anything. */
  async add(
    session: SealedSession,
    register: () => Promise<Registration | undefined>,
  ): Promise<Registration | undefined> {
    const name = nameOf(session);
    this.#pending.add(name);
    try {
      const taken = await register();
      if (taken) {
        this.forget(taken.key);
        this.#open.set(taken.key, { session, told: taken.shared });
        this.#keys.set(name, taken.key);
        this.noticed(taken.key, name, taken.revision);
      }
      return taken;
    } finally {
      this.#pending.delete(name);
    }
  }

  /** Whether the session at `key` was this server's, and is over. */
  isOver(key: string, now: number): boolean {
    const open = this.#open.get(key);
    return open !== undefined && !isActive(open.session, now);
  }

  /**
   * What has to be done about the next {@linkcode LOOKED_AT} sessions, as `describe` says what is to be told of
   * one now. Whatever is left comes next time.
   *
   * @param most How much at most
   */
  corrections(
    now: number,
    describe: (session: SealedSession) => SharedSession,
    most: number,
  ): Correction[] {
    const found: Correction[] = [];
    for (
      let left = Math.min(LOOKED_AT, this.#there.size);
      left > 0 && found.length < most;
      left--
    ) {
      const correction = this.#correct(...this.#next(), now, describe);
      if (correction) found.push(correction);
    }
    return found;
  }

  /** Takes in that `corrections` were made, in `revision`. */
  corrected(corrections: readonly Correction[], revision: number): void {
    for (const { key, revision: former, shared } of corrections) {
      if (!shared) {
        if (this.#revisionAt(key) === former) this.forget(key);
        continue;
      }
      const open = this.#open.get(key);
      if (open && nameOf(open.session) === shared.name) open.told = shared;
      this.noticed(key, shared.name, revision);
    }
  }

  /** Forgets all: nothing of it is there any more. */
  clear(): void {
    this.#there.clear();
    this.#open.clear();
    this.#keys.clear();
  }

  /** Where something is registered. */
  keys(): string[] {
    return [...this.#there.keys()];
  }

  /** The next of those that are there, round and round; there is one. */
  #next(): [string, Entry] {
    const { done, value } = this.#round.next();
    if (!done) return value;
    this.#round = this.#there.entries();
    return this.#round.next().value!;
  }

  #correct(
    key: string,
    { name, revision }: Entry,
    now: number,
    describe: (session: SealedSession) => SharedSession,
  ): Correction | undefined {
    if (this.#pending.has(name)) return undefined;
    const open = this.#open.get(key);
    const isKept = open && nameOf(open.session) === name && isActive(open.session, now);
    if (!isKept) return { key, revision };
    const shared = describe(open.session);
    return isSame(shared, open.told) ? undefined : { key, revision, shared };
  }

  #revisionAt(key: string): number {
    return this.#there.get(key)?.revision ?? 0;
  }
}

function nameOf({ sealed }: SealedSession): string {
  return sealed.keys.session;
}

/** Whether two descriptions of one session tell the same. */
function isSame(a: SharedSession, b: SharedSession): boolean {
  return a.address === b.address && a.tlsLabel === b.tlsLabel && a.otherHost === b.otherHost &&
    a.unfinished.length === b.unfinished.length &&
    a.unfinished.every(({ id, size }, i) => {
      const other = b.unfinished[i]!;
      return id === other.id && size === other.size;
    });
}
