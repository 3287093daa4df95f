/**
 * Who is logged in, and from where.
 *
 * @module
 */

import { TokenBucket } from "../../async/token_bucket.ts";
import { lowerBound } from "../../collections/lower_bound.ts";
import type { Address } from "../../protocol/address.ts";
import { ACTIVE_MS, HEARTBEAT_MS, REQUESTS_PER_SECOND } from "../../protocol/limits.ts";
import { PLAIN_SHARE } from "../../protocol/share.ts";
import { AddressMap } from "./address_map.ts";
import { RequestWindow } from "./request_window.ts";
import {
  end,
  isActive,
  OWN_CLOCK,
  type SealedSession,
  type SealedStart,
  type ServerClock,
  type Session,
} from "./session.ts";
import { fromShared, type SharedSession } from "./shared_session.ts";
import { isLongOver, UserSessions, whileActive } from "./user_sessions.ts";

export { end, isActive } from "./session.ts";
export type {
  Candidate,
  Sealed,
  SealedSession,
  SealedStart,
  ServerClock,
  Session,
  Told,
} from "./session.ts";

const RATE = { perSecond: REQUESTS_PER_SECOND, burst: REQUESTS_PER_SECOND };

/**
 * The sessions there are: a few a user, see {@linkcode UserSessions}, and one of protocol 1 an address.
 * A session that was not heard for {@linkcode ACTIVE_MS} is over, unless it is excused; that shows when
 * somebody asks. What is over is kept for {@linkcode OVER_KEPT_MS}, so that a request sent again gets
 * its reply.
 */
export class Sessions {
  readonly #byUser = new Map<string, UserSessions>();
  /** Those that vouch for what came in clear. */
  readonly #byAddress = new AddressMap<Session>();
  /** Kept apart, so that no forged plain datagram can end a sealed session. */
  readonly #sealed = new Map<string, SealedSession>();
  /** The same in the order of the users. */
  readonly #inOrder: UserSessions[] = [];
  /** Kept across logins, so that a new login does not refill the bucket. */
  readonly #rates = new Map<string, TokenBucket>();
  #opened = 0;

  /**
   * Logs `user` in. In protocol 1 that ends the session of that protocol that the user had, and the one
   * that `address` had; in protocol 2 the one that the user had at `address`. Opens nothing if the
   * user has too many.
   *
   * @param start If it is a session of protocol 2
   */
  open(
    user: string,
    address: Address,
    tcpPort: number,
    now: number,
    start: SealedStart,
  ): SealedSession | undefined;
  open(
    user: string,
    address: Address,
    tcpPort: number,
    now: number,
    start?: SealedStart,
  ): Session | undefined;
  open(
    user: string,
    address: Address,
    tcpPort: number,
    now: number,
    start?: SealedStart,
  ): Session | undefined {
    const own = this.#ownOf(user);
    if (start) {
      const replaced = own.makeRoom(address, now, start.former);
      if (!replaced) return undefined;
      for (const session of replaced) this.#forgetSealed(session);
    } else {
      this.#forgetPlain(own.plain);
      this.#forgetPlain(this.#byAddress.get(address));
    }
    const session = this.#made(user, address, tcpPort, now, start);
    this.#add(own, session);
    return session;
  }

  /** Takes in a session of another server with that clock. */
  openRemote(shared: SharedSession, clock: ServerClock, now: number): Session {
    const known = fromShared(shared, clock, now);
    // Its server says when it is over, and how much its user may ask there.
    const times = { lastHeard: now, hasEnded: false, excusedUntil: Infinity };
    const untold = { lastNamed: 0, withdrawals: 0, isListed: true };
    const [number, rate] = [++this.#opened, this.#rateOf(shared.user, now)];
    const session = { ...known, ...times, ...untold, number, rate };
    this.#ownOf(shared.user).addRemote(session);
    return session;
  }

  /** Takes in that a session of another server is over. */
  closeRemote(session: Session): void {
    end(session);
    this.#byUser.get(session.user)?.removeRemote(session);
  }

  /** Ends the sessions that were opened here and are over. */
  endAll(isOver: (session: Session) => boolean): void {
    for (const sessions of this.#byUser.values()) {
      for (const session of sessions) if (isOver(session)) end(session);
    }
  }

  /** Forgets the sessions that have been over for long. To be called now and then. */
  forgetOver(now: number): void {
    for (const own of this.#inOrder) {
      for (const session of own.takeLongOver(now)) this.#forgetSealed(session);
      if (own.plain && isLongOver(own.plain, now)) this.#forgetPlain(own.plain);
    }
  }

  /** Whether `user` has a session that is not forgotten. */
  isKnown(user: string): boolean {
    return this.#byUser.get(user)?.isEmpty === false;
  }

  /** The active session of protocol 1 at `address`. */
  at(address: Address, now: number): Session | undefined {
    return whileActive(this.#byAddress.get(address), now);
  }

  /** The session of protocol 2 that was opened here and is called `name`, which may be over: see {@linkcode isActive}. */
  sealed(name: string): SealedSession | undefined {
    return this.#sealed.get(name);
  }

  /** The active session of `user` in protocol 1. */
  plainOf(user: string, now: number): Session | undefined {
    return this.serving(user, PLAIN_SHARE, now);
  }

  /** The active session that serves `share` of `user`. */
  serving(user: string, share: string, now: number): Session | undefined {
    return this.#byUser.get(user)?.serving(share, now);
  }

  /** The sessions of `user`, now and later: once there are any, this is always the same object. */
  allOf(user: string): UserSessions | undefined {
    return this.#byUser.get(user);
  }

  /** The active sessions of `user`, in the order in which they were opened. */
  of(user: string, now: number): Session[] {
    return this.#byUser.get(user)?.active(now) ?? [];
  }

  /** All active sessions of protocol 2 that were opened here. */
  *allSealed(now: number): Generator<SealedSession> {
    for (const session of this.#sealed.values()) if (isActive(session, now)) yield session;
  }

  /** The users with an active session in their order, from the first one after `after`. */
  *activeUsers(now: number, after = ""): Generator<string> {
    let at = this.#placeOf(after);
    if (this.#inOrder[at]?.user === after) at++;
    for (; at < this.#inOrder.length; at++) {
      const sessions = this.#inOrder[at]!;
      if (sessions.isActive(now)) yield sessions.user;
    }
  }

  /** Has those sessions of `user` that are meant know that another one has withdrawn a name. */
  tellWithdrawal(user: string, isMeant: (session: Session) => boolean): void {
    for (const session of this.#byUser.get(user) ?? []) {
      if (isMeant(session)) session.withdrawals++;
    }
  }

  /** How many users with how many sessions are active, without a look at who they are. */
  countActive(now: number): { readonly users: number; readonly sessions: number } {
    let [users, sessions] = [0, 0];
    for (let at = 0; at < this.#inOrder.length; at++) {
      const own = this.#inOrder[at]!.countActive(now);
      if (own > 0) users++;
      sessions += own;
    }
    return { users, sessions };
  }

  /**
   * Excuses the silence of all who were active at `since`, from when on what they sent may have been
   * lost on this machine: their next heartbeat is waited for.
   */
  excuse(since: number): void {
    for (const sessions of this.#byUser.values()) {
      for (const session of sessions) {
        if (session.lastHeard > since || !isActive(session, since)) continue;
        session.excusedUntil = session.lastHeard + HEARTBEAT_MS + ACTIVE_MS;
      }
    }
  }

  /**
   * Does not count the time from `since` to `until`, in which nobody was heard here, as silence of those
   * who were active when it began.
   */
  leaveOut(since: number, until: number): void {
    for (const sessions of this.#byUser.values()) {
      for (const session of sessions) {
        if (!isActive(session, since)) continue;
        const end = Math.max(session.lastHeard + ACTIVE_MS, session.excusedUntil);
        session.excusedUntil = end + until - since;
      }
    }
  }

  #made(
    user: string,
    address: Address,
    tcpPort: number,
    now: number,
    start: SealedStart | undefined,
  ): Session | SealedSession {
    const sealed = start && { ...start, window: new RequestWindow() };
    const times = { openedAt: now, lastHeard: now, hasEnded: false, excusedUntil: -Infinity };
    const untold = { lastNamed: 0, tlsLabel: undefined, withdrawals: 0 };
    const share = start ? start.share : PLAIN_SHARE;
    const rate = this.#rateOf(user, now);
    const number = ++this.#opened;
    const isListed = start?.invited === undefined;
    const told = { user, share, number, address, tcpPort, sealed, isListed, clock: OWN_CLOCK };
    return { ...told, ...times, ...untold, rate };
  }

  /** The sessions of `user`, of whom there may have been none. */
  #ownOf(user: string): UserSessions {
    const known = this.#byUser.get(user);
    if (known) return known;
    const own = new UserSessions(user);
    this.#inOrder.splice(this.#placeOf(user), 0, own);
    this.#byUser.set(user, own);
    return own;
  }

  #add(own: UserSessions, session: Session | SealedSession): void {
    if (isSealed(session)) {
      own.add(session);
      this.#sealed.set(session.sealed.keys.session, session);
    } else {
      own.plain = session;
      this.#byAddress.set(session.address, session);
    }
  }

  #forgetSealed(session: SealedSession): void {
    end(session);
    const { keys, window } = session.sealed;
    this.#sealed.delete(keys.session);
    window.dropReplies(); // What a session has downloaded is remembered for longer, and it with that.
  }

  #forgetPlain(session: Session | undefined): void {
    if (!session) return;
    end(session);
    this.#byAddress.delete(session.address);
    this.#byUser.get(session.user)!.plain = undefined;
  }

  #rateOf(user: string, now: number): TokenBucket {
    const rate = this.#rates.get(user) ?? new TokenBucket(RATE, now);
    this.#rates.set(user, rate);
    return rate;
  }

  #placeOf(user: string): number {
    return lowerBound(this.#inOrder.length, (at) => this.#inOrder[at]!.user < user);
  }
}

function isSealed(session: Session | SealedSession): session is SealedSession {
  return session.sealed !== undefined && "window" in session.sealed;
}
