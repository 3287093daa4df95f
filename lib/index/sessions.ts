/**
 * Who is logged in, and from where.
 *
 * @module
 */

import { type Address, formatAddress } from "../protocol/address.ts";
import { ACTIVE_MS } from "../protocol/limits.ts";

/** A user logged in from one UDP address. */
export interface Session {
  readonly user: string;
  readonly address: Address;
  /** Where the user's uploads are served, on the host of `address`. */
  readonly tcpPort: number;
  /** When the user was last heard, in milliseconds of the caller's clock. */
  lastHeard: number;
  /** When the session was last named as a source: a number that only grows. */
  lastNamed: number;
}

/**
 * The sessions there are: at most one a user and one an address. A session that was not heard for
 * {@linkcode ACTIVE_MS} is over; that shows when somebody asks, so no timer runs.
 */
export class Sessions {
  readonly #byUser = new Map<string, Session>();
  readonly #byAddress = new Map<string, Session>();

  /** Logs `user` in, ending the session that the user had and the one that was at `address`. */
  open(user: string, address: Address, tcpPort: number, now: number): void {
    this.#end(this.#byUser.get(user));
    this.#end(this.#byAddress.get(formatAddress(address)));
    const session: Session = { user, address, tcpPort, lastHeard: now, lastNamed: 0 };
    this.#byUser.set(user, session);
    this.#byAddress.set(formatAddress(address), session);
  }

  /** The active session at `address`. */
  at(address: Address, now: number): Session | undefined {
    return whileActive(this.#byAddress.get(formatAddress(address)), now);
  }

  /** The active session of `user`. */
  of(user: string, now: number): Session | undefined {
    return whileActive(this.#byUser.get(user), now);
  }

  /** Every active session, in no particular order. */
  *active(now: number): Generator<Session> {
    for (const session of this.#byUser.values()) {
      if (whileActive(session, now)) yield session;
    }
  }

  #end(session: Session | undefined): void {
    if (!session) return;
    this.#byUser.delete(session.user);
    this.#byAddress.delete(formatAddress(session.address));
  }
}

function whileActive(session: Session | undefined, now: number): Session | undefined {
  return session && now - session.lastHeard <= ACTIVE_MS ? session : undefined;
}
