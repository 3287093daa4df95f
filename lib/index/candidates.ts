/**
 * Collecting those who may be told to an asker as sources.
 *
 * @module
 */

import { isLoopback } from "../protocol/address.ts";
import { formatContent, hasId } from "../protocol/content.ts";
import type { FileDetails } from "../protocol/messages.ts";
import type { Publication } from "./catalogue/catalogue.ts";
import type { Session, Sessions } from "./sessions/sessions.ts";

/**
 * Active sources of a name or content that are collected, of which those are told that were named
 * least recently: enough to choose from, and few enough to be sorted.
 */
const MOST_COLLECTED = 32;

/** A publication and the session that serves it. */
export interface Candidate {
  readonly session: Session;
  readonly user: string;
  readonly name: string;
  readonly details: FileDetails | undefined;
}

/** Who asks, and when. */
export interface Asking {
  readonly asker: Session;
  readonly sessions: Sessions;
  /** Milliseconds of the caller's clock. */
  readonly now: number;
  /** Where in a list to begin, from 0 to 1. */
  readonly turn: number;
}

/** Active sources, one a user and content: that is the same whatever a user calls it. */
export class Candidates {
  readonly #asking: Asking;
  readonly #found = new Map<string, Candidate>();
  #isCut = false;

  constructor(asking: Asking) {
    this.#asking = asking;
  }

  /** Whether some were left out. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** Collects who is active of `published`, the same number of each list at most. */
  take(published: readonly Publication[]): void {
    const { length } = published;
    const start = Math.floor(this.#asking.turn * length);
    let left = MOST_COLLECTED;
    for (let i = 0; i < length; i++) {
      const publication = published[(start + i) % length]!;
      const session = sourceFor(this.#asking, publication.user);
      if (!session) continue;
      if (left-- === 0) return void (this.#isCut = true);
      this.#add(session, publication);
    }
  }

  /** Those collected so far, in no particular order. */
  all(): Iterable<Candidate> {
    return this.#found.values();
  }

  /**
   * Who was named least recently comes first, but nobody a second time before all others, and one of
   * each content before a second one of any.
   */
  inOrder(): Candidate[] {
    const all = [...this.#found.values()];
    all.sort((a, b) => a.session.lastNamed - b.session.lastNamed);
    return firstsFirst(firstsFirst(all, ({ user }) => user), ({ details }) => keyOf(details));
  }

  #add(session: Session, { user, name, details }: Publication): void {
    const key = `${user} ${keyOf(details)}`;
    if (!this.#found.has(key)) this.#found.set(key, { session, user, name, details });
  }
}

/** The active session of `user`, if it can serve the asker. */
export function sourceFor({ asker, sessions, now }: Asking, user: string): Session | undefined {
  const session = sessions.of(user, now);
  return session && session !== asker && canReach(asker, session) ? session : undefined;
}

/** Each with a new key before those with one that has come already. */
function firstsFirst(
  candidates: readonly Candidate[],
  keyOf: (candidate: Candidate) => string,
): Candidate[] {
  const seen = new Set<string>();
  const [firsts, others]: [Candidate[], Candidate[]] = [[], []];
  for (const candidate of candidates) {
    const key = keyOf(candidate);
    (seen.has(key) ? others : firsts).push(candidate);
    seen.add(key);
  }
  return [...firsts, ...others];
}

/** All files of unknown content are alike. */
function keyOf(details: FileDetails | undefined): string {
  return hasId(details) ? formatContent(details) : "";
}

/** A source that spoke over loopback can be reached from this machine only. */
function canReach(asker: Session, source: Session): boolean {
  return isLoopback(asker.address.hostname) || !isLoopback(source.address.hostname);
}
