/**
 * The sessions of one user.
 *
 * @module
 */

import { type Address, isSameAddress } from "../../protocol/address.ts";
import { OVER_KEPT_MS } from "../../protocol/limits.ts";
import { PLAIN_SHARE, SESSIONS_PER_USER } from "../../protocol/share.ts";
import { isActive, type SealedSession, type Session } from "./session.ts";

/** Longest that the registration of a session takes, in milliseconds, if nothing is wrong. */
const REGISTRATION_MS = 1_000;

const NONE: readonly SealedSession[] = [];

/**
 * At most one of protocol 1, and {@linkcode SESSIONS_PER_USER} of protocol 2, those that are over and
 * not forgotten included. The two protocols leave each other alone: nothing that comes in clear ends,
 * replaces or speaks for a sealed session.
 */
export class UserSessions {
  readonly user: string;
  /** That of protocol 1. */
  plain: Session | undefined;
  /** Those of protocol 2, in the order in which they were opened. */
  #sealed: SealedSession[] = [];
  /** Those of other servers of the fleet, in the order in which they became known here. */
  readonly #remotes: Session[] = [];

  constructor(user: string) {
    this.user = user;
  }

  /** The active ones of both protocols that others may hear of, in the order in which they were opened. */
  active(now: number): Session[] {
    const listed = [...this, ...this.#remotes].filter((it) => isListed(it, now));
    return listed.sort((a, b) => a.number - b.number);
  }

  /** Whether any is active that others may hear of. */
  isActive(now: number): boolean {
    return this.countActive(now) > 0;
  }

  /** How many are active that others may hear of. */
  countActive(now: number): number {
    let count = this.plain && isActive(this.plain, now) ? 1 : 0;
    for (let i = 0; i < this.#sealed.length; i++) if (isListed(this.#sealed[i]!, now)) count++;
    for (let i = 0; i < this.#remotes.length; i++) if (isActive(this.#remotes[i]!, now)) count++;
    return count;
  }

  /**
   * The session that serves `share`: of the active ones that do so the one that was opened first; one of
   * another server only if there is none here, and the newest, as its client may have changed servers.
   */
  serving(share: string, now: number): Session | undefined {
    if (share === PLAIN_SHARE) return this.plain && whileActive(this.plain, now);
    for (let i = 0; i < this.#sealed.length; i++) {
      const session = this.#sealed[i]!;
      if (session.share === share && isListed(session, now)) return session;
    }
    if (this.#remotes.length === 0) return undefined; // As for nearly all, and searches ask at each match.
    return this.#remotes.findLast((it) => it.share === share && isActive(it, now));
  }

  /**
   * Takes out the sealed sessions whose place one from `address` takes: one that is there already,
   * whose client has begun anew, those that have been over for long, and if all places are taken the one called
   * `former`, or else that which has been over for longest. Returns nothing if too many are active.
   */
  makeRoom(address: Address, now: number, former?: string): SealedSession[] | undefined {
    const replaced = this.#take((session) => {
      return isSameAddress(session.address, address) || isLongOver(session, now);
    });
    if (replaced.length > 0 || this.#sealed.length < SESSIONS_PER_USER) return replaced;
    const going = this.#sealed.find(({ sealed }) => sealed.keys.session === former) ??
      this.#sealed.find((session) => !isActive(session, now));
    return going && this.#take((session) => session === going);
  }

  /** Takes out the sealed sessions that have been over for long. */
  takeLongOver(now: number): readonly SealedSession[] {
    const isTaken = (session: SealedSession) => isLongOver(session, now);
    return this.#sealed.some(isTaken) ? this.#take(isTaken) : NONE; // It is asked of all users each second.
  }

  /** Whether one has waited for its registration with the other servers for so long that something is wrong. */
  isStalled(now: number): boolean {
    return this.#sealed.some((it) => {
      const isWaiting = !it.isListed && it.sealed.invited === undefined && isActive(it, now);
      return isWaiting && now - it.openedAt > REGISTRATION_MS;
    });
  }

  /** Adds one of protocol 2, for which there is room. */
  add(session: SealedSession): void {
    this.#sealed.push(session);
  }

  /** Adds one of another server. */
  addRemote(session: Session): void {
    this.#remotes.push(session);
  }

  /** Removes one of another server. */
  removeRemote(session: Session): void {
    const at = this.#remotes.indexOf(session);
    if (at >= 0) this.#remotes.splice(at, 1);
  }

  /** Whether none was opened here, not even one that is over. */
  get isEmpty(): boolean {
    return this.plain === undefined && this.#sealed.length === 0;
  }

  /** All that were opened here, those that are over included. */
  *[Symbol.iterator](): Generator<Session> {
    if (this.plain) yield this.plain;
    yield* this.#sealed;
  }

  #take(isTaken: (session: SealedSession) => boolean): SealedSession[] {
    const taken = this.#sealed.filter(isTaken);
    this.#sealed = this.#sealed.filter((session) => !taken.includes(session));
    return taken;
  }
}

/** Whether nobody can wait for a reply of `session` any more. */
export function isLongOver(session: Session, now: number): boolean {
  return !isActive(session, now) && now - session.lastHeard > OVER_KEPT_MS;
}

/** Whether `session` is active, and others may hear of it. */
function isListed(session: Session, now: number): boolean {
  return session.isListed && isActive(session, now);
}

/** `session`, if it is not over. */
export function whileActive(session: Session | undefined, now: number): Session | undefined {
  return session && isActive(session, now) ? session : undefined;
}
