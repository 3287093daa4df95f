/**
 * What the servers of a fleet tell each other of a session.
 *
 * @module
 */

import type { Address } from "../../protocol/address.ts";
import type { ContentKey } from "../../protocol/content.ts";
import type { SealedSession, ServerClock, Session, Told } from "./session.ts";

/** A session of protocol 2, as its server tells others of it: enough to name it as a source. */
export interface SharedSession {
  /** Its name on the wire, in base64url. */
  readonly name: string;
  readonly user: string;
  readonly share?: string | undefined;
  readonly address: Address;
  /** Where the client is as well: an address of the other kind. */
  readonly otherHost?: string | undefined;
  readonly tcpPort: number;
  readonly tlsPort: number;
  readonly tlsLabel?: string | undefined;
  readonly agent?: string | undefined;
  readonly device?: string | undefined;
  readonly folder?: string | undefined;
  readonly advertised?: string | undefined;
  /** In milliseconds of its server's steady clock. */
  readonly openedAt: number;
  /** Seals the tickets for it, under a key of each issuer. Messages are sealed under others. */
  readonly ticketKey: Uint8Array;
  /** What it has in part, and serves. */
  readonly unfinished: readonly ContentKey[];
}

/** What is told to others of `session` at `now`, a time of this server's clock. */
export function toShared(
  { user, share, address, tcpPort, tlsLabel, openedAt, sealed }: SealedSession,
  unfinished: readonly ContentKey[],
  now: number,
): SharedSession {
  const { keys, other, tlsPort, agent, device, folder, advertised } = sealed;
  return {
    ...{ name: keys.session, ticketKey: keys.tickets, user, share, openedAt, unfinished },
    ...{ address, tcpPort, tlsPort, tlsLabel, agent, device, folder, advertised },
    otherHost: other && other.until >= now ? other.hostname : undefined,
  };
}

/**
 * What is known here at `now` of a session of another server, besides what every session has. How far that
 * one's clock is ahead may not be known yet, or less than it is: no session was opened in the future.
 */
export function fromShared(
  shared: SharedSession,
  clock: ServerClock,
  now: number,
): Pick<Session, "user" | "share" | "address" | "tcpPort" | "tlsLabel" | "openedAt" | "clock"> & {
  readonly sealed: Told;
} {
  const { user, share, address, tcpPort, tlsLabel, openedAt } = shared;
  const { tlsPort, agent, device, folder, advertised } = shared;
  const keys = { session: shared.name, tickets: shared.ticketKey };
  const other = otherOf(shared);
  const sealed = { keys, share, tlsPort, agent, device, folder, advertised, other };
  const here = { user, share, address, tcpPort, tlsLabel, sealed };
  return { ...here, openedAt: Math.min(now, openedAt - clock.ahead), clock };
}

/** Takes into `session`, of another server, what may have changed of it. */
export function takeChanges(session: Session, shared: SharedSession): void {
  session.address = shared.address;
  session.tlsLabel = shared.tlsLabel;
  session.sealed!.other = otherOf(shared);
}

/** Its server tells when it is over. */
function otherOf({ otherHost }: SharedSession): Told["other"] {
  return otherHost === undefined ? undefined : { hostname: otherHost, until: Infinity };
}
