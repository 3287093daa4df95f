/**
 * Collecting those who may be told to an asker as sources.
 *
 * @module
 */

import { isLoopback } from "../protocol/address.ts";
import { type ContentKey, formatContent, hasId } from "../protocol/content.ts";
import type { FileDetails } from "../protocol/messages.ts";
import type { Publication } from "./catalogue/catalogue.ts";
import type { ServingSessions } from "./serving_sessions.ts";
import type { Session } from "./sessions/sessions.ts";
import type { UnfinishedContents } from "./unfinished_contents.ts";

/**
 * Active sources of a name or content that are collected, of which those are told that were named
 * least recently: enough to choose from, and few enough to be sorted.
 */
const MOST_COLLECTED = 32;

/** A publication, or what somebody has of an unfinished file, and the session that serves it. */
export interface Candidate {
  readonly session: Session;
  readonly user: string;
  readonly name: string;
  readonly details: FileDetails | undefined;
  /** Set if it has some of the pieces. */
  readonly isPartial?: true;
}

/** Who asks, and when. */
export interface Asking {
  readonly asker: Session;
  readonly serving: ServingSessions;
  /** Milliseconds of the caller's clock. */
  readonly now: number;
  /** Where in a list to begin, from 0 to 1. */
  readonly turn: number;
}

/** Active sources, one a session and content: that is the same whatever a user calls it. */
export class Candidates {
  readonly #asking: Asking;
  readonly #found = new Map<string, Candidate>();
  readonly #partial: Candidate[] = [];
  #isCut = false;
  #isPartialCut = false;

  constructor(asking: Asking) {
    this.#asking = asking;
  }

  /** Whether some were left out that publish it. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** Whether some were left out that may have it in part. */
  get isPartialCut(): boolean {
    return this.#isPartialCut;
  }

  /** Collects who is active of `published`, the same number of each list at most. */
  take(published: readonly Publication[]): void {
    const { length } = published;
    const start = Math.floor(this.#asking.turn * length);
    let left = MOST_COLLECTED;
    for (let i = 0; i < length; i++) {
      const publication = published[(start + i) % length]!;
      const session = sourceFor(this.#asking, publication);
      if (!session) continue;
      if (left-- === 0) return void (this.#isCut = true);
      this.#add(session, publication);
    }
  }

  /**
   * Collects who is active of those who have `details`, a content, in part; a bounded number is looked
   * at. To be called once for each content, after {@linkcode Candidates.take} of those who publish it.
   *
   * @param name What the content is called: as it was asked for
   */
  takePartial(unfinished: UnfinishedContents, name: string, details: ContentKey): void {
    const { asker, turn, now } = this.#asking;
    const window = { most: MOST_COLLECTED, turn, isCut: false };
    for (const session of unfinished.sessionsWith(details, window, now)) {
      const { user } = session;
      if (!canServe(asker, session) || this.#found.has(keyIn(session, details))) continue;
      this.#partial.push({ session, user, name, details, isPartial: true });
    }
    this.#isPartialCut ||= window.isCut;
  }

  /** The contents of those that publish it, collected so far; some of them several times. */
  contents(): ContentKey[] {
    const contents: ContentKey[] = [];
    for (const { details } of this.#found.values()) if (hasId(details)) contents.push(details);
    return contents;
  }

  /**
   * Who was named least recently comes first, but nobody a second time before all others, and one of
   * each content before a second one of any: one that has all of it, if there is one. Then those who
   * have a part take turns with those who have all.
   */
  inOrder(): Candidate[] {
    const whole = inTurn([...this.#found.values()]);
    if (this.#partial.length === 0) return firstsOf(whole, contentOf).flat();
    const [firsts, others] = firstsOf([...whole, ...inTurn(this.#partial)], contentOf);
    const isPartial = ({ isPartial }: Candidate) => isPartial === true;
    const [part, all] = [others.filter(isPartial), others.filter((other) => !isPartial(other))];
    return [...firsts, ...alternating(part, all)];
  }

  #add(session: Session, { user, name, details }: Publication): void {
    const key = keyIn(session, details);
    if (!this.#found.has(key)) this.#found.set(key, { session, user, name, details });
  }
}

/** The session that serves `publication`, if it can serve the asker. */
export function sourceFor(
  { asker, serving, now }: Asking,
  publication: Publication,
): Session | undefined {
  const session = serving.of(publication, now);
  return session && canServe(asker, session) ? session : undefined;
}

/** Whether `session`, which is active, has other files than the asker, and is where it can be reached. */
function canServe(asker: Session, session: Session): boolean {
  return session !== asker && !isSameShare(asker, session) && canReach(asker, session);
}

/** In protocol 1 all that a user has is the same. */
function isSameShare(asker: Session, { user, share }: Session): boolean {
  return asker.user === user && (asker.share === share && share !== undefined || !asker.sealed);
}

/** Who was named least recently comes first, but nobody a second time before all others. */
function inTurn(candidates: Candidate[]): Candidate[] {
  candidates.sort((a, b) => a.session.lastNamed - b.session.lastNamed);
  return firstsOf(candidates, ({ user }) => user).flat();
}

/** Those with a new key, and those with one that has come already. */
function firstsOf(
  candidates: readonly Candidate[],
  keyOf: (candidate: Candidate) => string,
): [firsts: Candidate[], others: Candidate[]] {
  const seen = new Set<string>();
  const [firsts, others]: [Candidate[], Candidate[]] = [[], []];
  for (const candidate of candidates) {
    const key = keyOf(candidate);
    (seen.has(key) ? others : firsts).push(candidate);
    seen.add(key);
  }
  return [firsts, others];
}

/** One of each in turn, as long as there are any. */
function alternating<T>(some: readonly T[], others: readonly T[]): T[] {
  const common = Math.min(some.length, others.length);
  const pairs = some.slice(0, common).flatMap((one, i) => [one, others[i]!]);
  return [...pairs, ...some.slice(common), ...others.slice(common)];
}

function keyIn({ number }: Session, details: FileDetails | undefined): string {
  return `${number} ${keyOf(details)}`;
}

function contentOf({ details }: Candidate): string {
  return keyOf(details);
}

/** All files of unknown content are alike. */
function keyOf(details: FileDetails | undefined): string {
  return hasId(details) ? formatContent(details) : "";
}

/** A source that spoke over loopback can be reached from this machine only. */
function canReach(asker: Session, source: Session): boolean {
  return isLoopback(asker.address.hostname) || !isLoopback(source.address.hostname);
}
