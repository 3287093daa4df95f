/**
 * Who gets a session.
 *
 * @module
 */

import type { MaybePromise } from "../async/maybe_promise.ts";
import { BitTrickleError } from "../errors.ts";
import { type Address, isSameAddress } from "../protocol/address.ts";
import { isInvitationName } from "../protocol/invitation.ts";
import type { Reply } from "../protocol/messages.ts";
import type { Accounts } from "./login/accounts.ts";
import type { Invitations } from "./login/invitations.ts";
import { CUT_OFF } from "../protocol/sealed_datagram.ts";
import { DISABLED, refuse } from "./refusals.ts";
import type { SessionRegistry } from "./session_registry.ts";
import { end, type SealedSession, type SealedStart, type Sessions } from "./sessions/sessions.ts";

/** Who may log in, as it is at the moment. */
export interface Members {
  readonly accounts: Accounts;
  readonly invitations: Invitations;
}

const WELCOME: Reply = { kind: "welcome" };
const TOO_MANY: Reply = { kind: "too many sessions" };
/** Whether there are too many will be known when they are registered. */
const STALLED = refuse(
  500,
  "the index cannot open a session while others of this user wait for theirs: try another server",
);
/** As its user was changed, or this server was cut off: with another login the user is told which. */
const ENDED_MEANWHILE = refuse(500, "the index has ended this session again: log in again");

/** Opens sessions for authenticated users. */
export class Admission {
  readonly #members: Members;
  readonly #sessions: Sessions;
  readonly #registry: SessionRegistry | undefined;

  /** @param registry Where sessions are registered, if there are other servers */
  constructor(members: Members, sessions: Sessions, registry: SessionRegistry | undefined) {
    this.#members = members;
    this.#sessions = sessions;
    this.#registry = registry;
  }

  /** Whether anybody can be admitted at `now`: not by a server that is cut off from the others. */
  isOpen(now: number): boolean {
    return this.#registry?.isConnected(now) ?? true;
  }

  /**
   * Opens a session for an authenticated user, unless disabled. In protocol 1 there is one, and none is
   * opened while it is active elsewhere; in protocol 2 there are {@linkcode SESSIONS_PER_USER}. None of
   * either counts for the other.
   */
  admit(
    user: string,
    from: Address,
    tcpPort: number,
    now: number,
    start?: SealedStart,
  ): MaybePromise<Reply> {
    const { accounts, invitations } = this.#members;
    if (!this.isOpen(now)) return refuse(500, CUT_OFF);
    if (accounts.isDisabled(user)) return DISABLED;
    if (!start) return this.#admitPlain(user, from, tcpPort, now);
    if (accounts.has(user) || !isInvitationName(user)) {
      const session = this.#sessions.open(user, from, tcpPort, now, start);
      if (!session) return this.#isStalled(user, now) ? STALLED : TOO_MANY;
      return this.#registry ? register(session, this.#registry) : WELCOME;
    }
    const fault = invitations.faultOf(user, accounts);
    if (fault !== undefined) return refuse(403, fault);
    // It is nobody's yet: it serves nothing, and no other server need know of it.
    const own = { ...start, share: undefined, invited: invitations.get(user)?.user };
    return this.#sessions.open(user, from, tcpPort, now, own) ? WELCOME : TOO_MANY;
  }

  /** Whether the places of the user are taken by sessions that others may never hear of. */
  #isStalled(user: string, now: number): boolean {
    return this.#sessions.allOf(user)?.isStalled(now) ?? false;
  }

  #admitPlain(user: string, from: Address, tcpPort: number, now: number): Reply {
    const active = this.#sessions.plainOf(user, now);
    if (active && !isSameAddress(active.address, from)) return { kind: "already active" };
    this.#sessions.open(user, from, tcpPort, now);
    return WELCOME;
  }
}

/** While etcd is waited for, nobody is told of the session: it may be one too many. */
async function register(session: SealedSession, registry: SessionRegistry): Promise<Reply> {
  session.isListed = false;
  try {
    const at = await registry.register(session);
    if (session.hasEnded) return ENDED_MEANWHILE;
    if (at !== undefined) {
      session.lastHeard = at;
      session.isListed = true;
      return WELCOME;
    }
    end(session);
    return TOO_MANY;
  } catch (error) {
    end(session);
    if (!(error instanceof BitTrickleError)) throw error;
    return refuse(500, `the index cannot open a session: ${error.message}`);
  }
}
