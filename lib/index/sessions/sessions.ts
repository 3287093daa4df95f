/**
 * Who is logged in, and from where.
 *
 * @module
 */

import type { Address } from "../../protocol/address.ts";
import { ACTIVE_MS, HEARTBEAT_MS, REQUESTS_PER_SECOND } from "../../protocol/limits.ts";
import { AddressMap } from "./address_map.ts";
import { lowerBound } from "../../collections/lower_bound.ts";
import { TokenBucket } from "../../async/token_bucket.ts";

/** Who speaks: an address, and the sealed session that vouches for what came from there. */
export interface Caller extends Address {
  /** The name of a sealed session; in its name nothing that came in clear is heard. */
  readonly sealed?: string;
  /** Seals tickets for this session. */
  readonly ticketKey?: Uint8Array;
}

/** A user logged in from one UDP address. */
export interface Session {
  readonly user: string;
  readonly address: Caller;
  /** Where the user's uploads are served, on the host of `address`. */
  readonly tcpPort: number;
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
 */
export class Sessions {
  readonly #byUser = new Map<string, Session>();
  /** Those that vouch for what came in clear. */
  readonly #byAddress = new AddressMap<Session>();
  /** Kept apart, so that no forged plain datagram can end a sealed session. */
  readonly #bySealed = new Map<string, Session>();
  /** The keys of the first in their order. */
  #users: string[] = [];
  /** Kept across logins, so that a new login does not refill the bucket. */
  readonly #rates = new Map<string, TokenBucket>();

  /** Logs `user` in, ending the session that the user had and the one that `address` had. */
  open(user: string, address: Caller, tcpPort: number, now: number): void {
    this.close(this.#byUser.get(user));
    this.close(this.#of(address));
    const rate = this.#rateOf(user, now);
    const times = { lastHeard: now, excusedUntil: -Infinity };
    const untold = { lastNamed: 0, ticketsIssued: 0 };
    const session: Session = { user, address, tcpPort, ...times, ...untold, rate };
    this.#users.splice(this.#placeOf(user), 0, user);
    this.#byUser.set(user, session);
    if (address.sealed === undefined) this.#byAddress.set(address, session);
    else this.#bySealed.set(address.sealed, session);
  }

  /** Ends `session`. */
  close(session: Session | undefined): void {
    if (!session) return;
    if (this.#forget(session)) this.#users.splice(this.#placeOf(session.user), 1);
  }

  /** Ends the sessions of those users for whom `isOver`. */
  closeAll(isOver: (user: string) => boolean): void {
    for (const [user, session] of this.#byUser) if (isOver(user)) this.#forget(session);
    this.#users = this.#users.filter((user) => this.#byUser.has(user));
  }

  /** The active session of `caller`. */
  at(caller: Caller, now: number): Session | undefined {
    return whileActive(this.#of(caller), now);
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
      if (session.lastHeard > since || !whileActive(session, since)) continue;
      session.excusedUntil = session.lastHeard + HEARTBEAT_MS + ACTIVE_MS;
    }
  }

  /** Returns whether it was the user's. */
  #forget({ user, address }: Session): boolean {
    if (address.sealed === undefined) this.#byAddress.delete(address);
    else this.#bySealed.delete(address.sealed);
    return this.#byUser.delete(user);
  }

  #rateOf(user: string, now: number): TokenBucket {
    const rate = this.#rates.get(user) ?? new TokenBucket(RATE, now);
    this.#rates.set(user, rate);
    return rate;
  }

  #of(caller: Caller): Session | undefined {
    return caller.sealed === undefined
      ? this.#byAddress.get(caller)
      : this.#bySealed.get(caller.sealed);
  }

  #placeOf(user: string): number {
    return lowerBound(this.#users.length, (at) => this.#users[at]! < user);
  }
}

function whileActive(session: Session | undefined, now: number): Session | undefined {
  if (!session) return undefined;
  const isActive = now - session.lastHeard <= ACTIVE_MS || now <= session.excusedUntil;
  return isActive ? session : undefined;
}
