/**
 * One session: a user logged in from one UDP address.
 *
 * @module
 */

import type { TokenBucket } from "../../async/token_bucket.ts";
import type { Address } from "../../protocol/address.ts";
import { ACTIVE_MS } from "../../protocol/limits.ts";
import type { SessionKeys } from "../../protocol/session_keys.ts";
import type { RequestWindow } from "./request_window.ts";

/** What a session of protocol 2 begins with. */
export interface SealedStart {
  readonly keys: SessionKeys;
  /** What the session serves. One without only asks. */
  readonly share?: string | undefined;
  /** Where the user's uploads are served over TLS, on the host of the session's address. */
  readonly tlsPort: number;
  /** The client's program and its version, as it says. */
  readonly agent?: string | undefined;
  /** The name of its device, as it says. */
  readonly device?: string | undefined;
  /** The folder that it shares, as it says. Only its own user is told. */
  readonly folder?: string | undefined;
  /** Where others are told that it serves, before its own addresses. */
  readonly advertised?: string | undefined;
  /** The name of a session of the same user, perhaps of another server, that it takes the place of. */
  readonly former?: string | undefined;
  /** Whom the session may register, if it is one of an invitation, which may do nothing else. */
  readonly invited?: string | undefined;
}

/** The steady clock of a server. */
export interface ServerClock {
  /** How far it is ahead of the one of this server, in milliseconds. */
  readonly ahead: number;
}

/** This server's own. */
export const OWN_CLOCK: ServerClock = { ahead: 0 };

/** An address from which the newest message of a session came, and what was answered there. */
export interface Candidate {
  readonly address: Address;
  readonly number: number;
  readonly answer: Uint8Array;
}

/** What others have to know of a session of protocol 2, wherever it was opened. */
export interface Told extends Omit<SealedStart, "keys"> {
  /** Those that name it, and seal tickets for it. */
  readonly keys: Pick<SessionKeys, "session" | "tickets">;
  /** Where the client is as well: an address of the other kind, proven too, and until when. */
  other?: { readonly hostname: string; readonly until: number } | undefined;
}

/** What a session of protocol 2 has besides at the server that opened it. */
export interface Sealed extends Told {
  readonly keys: SessionKeys;
  readonly window: RequestWindow;
  /** Where the session may move to. */
  candidate?: Candidate | undefined;
  /** The highest number under which an unproven address was told anything: no lower one is. */
  asked?: number;
}

/** A user logged in from one UDP address. */
export interface Session {
  readonly user: string;
  /** What it serves, unless another session serves that already. One without only asks. */
  readonly share: string | undefined;
  /** Tells it from all others, and is higher than those of all that were opened before. */
  readonly number: number;
  /** Proven to be the user's. A session of protocol 2 may move. */
  address: Address;
  /** Where the user's uploads are served in clear, on the host of `address`. */
  readonly tcpPort: number;
  /** The name of its certificate, see `tls.ts`, once it has one. */
  tlsLabel: string | undefined;
  /** A session of protocol 1 has none. */
  readonly sealed: Told | undefined;
  /**
   * Whether others may hear of it: not of that of an invitation, which is nobody's yet, and in a fleet not
   * before it is registered.
   */
  isListed: boolean;
  /** When it was opened, in milliseconds of the caller's clock. */
  readonly openedAt: number;
  /** When the user was last heard, in milliseconds of the caller's clock. */
  lastHeard: number;
  /** Whether it is over whenever the user was last heard. */
  hasEnded: boolean;
  /** Until when the session goes on whatever was heard, because a heartbeat may have been lost here. */
  excusedUntil: number;
  /** When the session was last named as a source: a number that only grows. */
  lastNamed: number;
  /** How often the user has withdrawn a name everywhere by other sessions, since this one is open. */
  withdrawals: number;
  /** How many requests the session may make, together with the others of its user. */
  readonly rate: TokenBucket;
  /** The clock of the server that opened it, by which its tickets expire. */
  readonly clock: ServerClock;
}

/** One of protocol 2 that was opened here. Only what opens with its keys is heard. */
export interface SealedSession extends Session {
  readonly sealed: Sealed;
}

/** Ends `session`. */
export function end(session: Session): void {
  session.hasEnded = true;
}

/** Whether `session` is not over at `now`. */
export function isActive({ hasEnded, lastHeard, excusedUntil }: Session, now: number): boolean {
  return !hasEnded && (now - lastHeard <= ACTIVE_MS || now <= excusedUntil);
}
