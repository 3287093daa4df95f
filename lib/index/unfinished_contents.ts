/**
 * Who has some of the pieces of a content, and serves them while it fetches the others. Pure: time
 * comes in as an argument, in milliseconds of any steady clock.
 *
 * @module
 */

import { RecentMap } from "../collections/recent_map.ts";
import { type ContentKey, formatContent } from "../protocol/content.ts";
import { UNFINISHED_MS, UNFINISHED_PER_SESSION } from "../protocol/swarm_limits.ts";
import { eachIn, type Window } from "./catalogue/window.ts";
import { isActive, type Session } from "./sessions/sessions.ts";

/** That a session has a content in part. */
interface Claim {
  readonly content: ContentKey;
  /** The same as text. */
  readonly key: string;
  /** When the session said so last. */
  readonly at: number;
}

/** A session, and what it has in part. */
interface Holder {
  readonly session: Session;
  /** By content; what it said longest ago comes first. */
  readonly claims: RecentMap<string, Claim>;
  lastClaim: number;
}

/**
 * What sessions say that they have in part. It is believed for {@linkcode UNFINISHED_MS}, and while the
 * session is active; of one session {@linkcode UNFINISHED_PER_SESSION} contents are remembered. No timer
 * runs: what is not believed any more is dropped when somebody else says something, or asks for it.
 */
export class UnfinishedContents {
  /** Who said something longest ago comes first. */
  readonly #holders = new RecentMap<Session, Holder>();
  /** By content, in no particular order. */
  readonly #holdersOf = new Map<string, Holder[]>();

  /** How many contents somebody has, or had lately, in part. */
  get size(): number {
    return this.#holdersOf.size;
  }

  /** Takes in that `session` has `content` in part. */
  add(session: Session, content: ContentKey, now: number): void {
    this.#dropOld(now);
    const holder = this.#holderOf(session);
    const key = formatContent(content);
    if (!holder.claims.has(key)) this.#list(key, holder);
    holder.claims.set(key, { content, key, at: now });
    holder.lastClaim = now;
    this.#holders.set(session, holder);
    const isTooMany = () => holder.claims.size > UNFINISHED_PER_SESSION;
    this.#dropClaims(holder, (claim) => isTooMany() || !isBelieved(claim, now));
  }

  /** Takes in that `session` does not serve what it had of `content` any more. */
  remove(session: Session, content: ContentKey): void {
    const holder = this.#holders.get(session);
    if (holder) this.#drop(holder, formatContent(content));
  }

  /** What `session` has in part, and is believed at `now`. */
  contentsOf(session: Session, now: number): ContentKey[] {
    const claims = this.#holders.get(session)?.claims.values() ?? [];
    return [...claims].filter((claim) => isBelieved(claim, now)).map(({ content }) => content);
  }

  /**
   * The active sessions among those that `window` has of all that said that they have `content` in
   * part, in no particular order.
   */
  sessionsWith(content: ContentKey, window: Window, now: number): Session[] {
    const key = formatContent(content);
    const all = this.#holdersOf.get(key) ?? [];
    const seen: Holder[] = [];
    eachIn(window, 0, all.length, (place) => seen.push(all[place]!));
    const there: Session[] = [];
    for (const holder of seen) {
      if (this.#isThere(holder, key, now)) there.push(holder.session);
      else this.#drop(holder, key);
    }
    return there;
  }

  #isThere({ session, claims }: Holder, key: string, now: number): boolean {
    return isBelieved(claims.get(key)!, now) && isActive(session, now);
  }

  #holderOf(session: Session): Holder {
    const known = this.#holders.get(session);
    return known ?? { session, claims: new RecentMap(), lastClaim: -Infinity };
  }

  /** Drops the holders that have said nothing for long, or are gone. */
  #dropOld(now: number): void {
    const old = this.#holders.takeOldest(({ lastClaim, session }) => {
      return lastClaim + UNFINISHED_MS < now || !isActive(session, now);
    });
    for (const holder of old) this.#dropClaims(holder, () => true);
  }

  /** Drops the oldest claims of `holder`, up to the first for which `isOld` does not hold. */
  #dropClaims(holder: Holder, isOld: (claim: Claim) => boolean): void {
    for (const { key } of holder.claims.takeOldest(isOld)) this.#unlist(key, holder);
  }

  #drop(holder: Holder, key: string): void {
    if (!holder.claims.has(key)) return;
    holder.claims.delete(key);
    this.#unlist(key, holder);
    if (holder.claims.size === 0) this.#holders.delete(holder.session);
  }

  #list(key: string, holder: Holder): void {
    const all = this.#holdersOf.get(key);
    if (all) all.push(holder);
    else this.#holdersOf.set(key, [holder]);
  }

  #unlist(key: string, holder: Holder): void {
    const all = this.#holdersOf.get(key)!;
    const last = all.pop()!;
    if (last !== holder) all[all.indexOf(holder)] = last;
    if (all.length === 0) this.#holdersOf.delete(key);
  }
}

function isBelieved({ at }: Claim, now: number): boolean {
  return now - at <= UNFINISHED_MS;
}
