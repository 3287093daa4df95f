/**
 * Who is logged in, and from where.
 *
 * @module
 */

import type { Address } from "../../protocol/address.ts";
import { ACTIVE_MS, HEARTBEAT_MS, REQUESTS_PER_SECOND } from "../../protocol/limits.ts";
import type { SessionKeys } from "../../protocol/session_keys.ts";
import { AddressMap } from "./address_map.ts";
import { RequestWindow } from "./request_window.ts";
import { lowerBound } from "../../collections/lower_bound.ts";
import { TokenBucket } from "../../async/token_bucket.ts";

/** What a session of protocol 2 begins with. */
export interface SealedStart {
  readonly keys: SessionKeys;
  /** Where the user's uploads are served over TLS, on the host of the session's address. */
  readonly tlsPort: number;
  /** The client's program and its version, as it says. */
  readonly agent?: string | undefined;
  /** Whom the session may register, if it is one of an invitation, which may do nothing else. */
  readonly invited?: string | undefined;
}

/** An address from which the newest message of a session came, and what was answered there. */
export interface Candidate {
  readonly address: Address;
  readonly number: number;
  readonly answer: Uint8Array;
}

/** What a session of protocol 2 has besides. */
export interface Sealed extends SealedStart {
  readonly window: RequestWindow;
  /** Where the session may move to. */
  candidate?: Candidate | undefined;
  /** The highest number under which an unproven address was told anything: no lower one is. */
  asked?: number;
}

/** A user logged in from one UDP address. */
export interface Session {
  readonly user: string;
  /** Proven to be the user's. A session of protocol 2 may move. */
  address: Address;
  /** Where the user's uploads are served in clear, on the host of `address`. */
  readonly tcpPort: number;
  /** The name of its certificate, see `tls.ts`, once it has one. */
  tlsLabel: string | undefined;
  /** Only what opens with its keys is heard. A session of protocol 1 has none. */
  readonly sealed: Sealed | undefined;
  /** When the user logged in, in milliseconds of the caller's clock. */
  readonly openedAt: number;
  /** When the user was last heard, in milliseconds of the caller's clock. */
  lastHeard: number;
  /** Until when the session goes on whatever was heard, because a heartbeat may have been lost here. */
  excusedUntil: number;
  /** When the session was last named as a source: a number that only grows. */
  lastNamed: number;
  /** How many tickets there have been for this source. */
  ticketsIssued: number;
  /** How many requests the session may make. */
  readonly rate: TokenBucket;
}

const RATE = { perSecond: REQUESTS_PER_SECOND, burst: REQUESTS_PER_SECOND };

/**
 * The sessions there are: at most one a user and one an address. A session that was not heard for
 * {@linkcode ACTIVE_MS} is over, unless it is excused; that shows when somebody asks, so no timer runs.
 * What is over is kept until its user logs in again, so that a request sent again gets its reply.
 */
export class Sessions {
  readonly #byUser = new Map<string, Session>();
  /** Those that vouch for what came in clear. */
  readonly #byAddress = new AddressMap<Session>();
  /** Kept apart, so that no forged plain datagram can end a sealed session. */
  readonly #sealed = new Map<string, Session>();
  /** The keys of the first in their order. */
  readonly #users: string[] = [];
  /** Kept across logins, so that a new login does not refill the bucket. */
  readonly #rates = new Map<string, TokenBucket>();

  /**
   * Logs `user` in, ending the session that the user had and, in protocol 1, the one that `address`
   * had.
   *
   * @param start If it is a session of protocol 2
   */
  open(user: string, address: Address, tcpPort: number, now: number, start?: SealedStart): void {
    this.#forget(this.#byUser.get(user));
    if (!start) this.#forget(this.#byAddress.get(address));
    const sealed = start && { ...start, window: new RequestWindow() };
    const rate = this.#rateOf(user, now);
    const times = { openedAt: now, lastHeard: now, excusedUntil: -Infinity };
    const untold = { lastNamed: 0, ticketsIssued: 0, tlsLabel: undefined };
    const session: Session = { user, address, tcpPort, sealed, ...times, ...untold, rate };
    this.#users.splice(this.#placeOf(user), 0, user);
    this.#byUser.set(user, session);
    if (start) this.#sealed.set(start.keys.session, session);
    else this.#byAddress.set(address, session);
  }

  /** Ends the sessions that are over. */
  endAll(isOver: (session: Session) => boolean): void {
    for (const session of this.#byUser.values()) if (isOver(session)) end(session);
  }

  /** The active session of protocol 1 at `address`. */
  at(address: Address, now: number): Session | undefined {
    return whileActive(this.#byAddress.get(address), now);
  }

  /** The session of protocol 2 called `name`, which may be over: see {@linkcode isActive}. */
  sealed(name: string): Session | undefined {
    return this.#sealed.get(name);
  }

  /** The active session of `user`. */
  of(user: string, now: number): Session | undefined {
    return whileActive(this.#byUser.get(user), now);
  }

  /** The active sessions in the order of their users, from the first user after `after`. */
  *active(now: number, after = ""): Generator<Session> {
    let at = this.#placeOf(after);
    if (this.#users[at] === after) at++;
    for (; at < this.#users.length; at++) {
      const session = this.of(this.#users[at]!, now);
      if (session) yield session;
    }
  }

  /**
   * Excuses the silence of all who were active at `since`, from when on what they sent may have been
   * lost on this machine: their next heartbeat is waited for.
   */
  excuse(since: number): void {
    for (const session of this.#byUser.values()) {
      if (session.lastHeard > since || !isActive(session, since)) continue;
      session.excusedUntil = session.lastHeard + HEARTBEAT_MS + ACTIVE_MS;
    }
  }

  #forget(session: Session | undefined): void {
    if (!session) return;
    const { user, address, sealed } = session;
    if (sealed) this.#sealed.delete(sealed.keys.session);
    else this.#byAddress.delete(address);
    this.#byUser.delete(user);
    this.#users.splice(this.#placeOf(user), 1);
  }

  #rateOf(user: string, now: number): TokenBucket {
    const rate = this.#rates.get(user) ?? new TokenBucket(RATE, now);
    this.#rates.set(user, rate);
    return rate;
  }

  #placeOf(user: string): number {
    return lowerBound(this.#users.length, (at) => this.#users[at]! < user);
  }
}

/** Ends `session` as if it had been silent for long. */
export function end(session: Session): void {
  session.lastHeard = session.excusedUntil = -Infinity;
}

/** Whether `session` is not over at `now`. */
export function isActive({ lastHeard, excusedUntil }: Session, now: number): boolean {
  return now - lastHeard <= ACTIVE_MS || now <= excusedUntil;
}

function whileActive(session: Session | undefined, now: number): Session | undefined {
  return session && isActive(session, now) ? session : undefined;
}
