/**
 * Being logged in at an index, whatever protocol carries it.
 *
 * @module
 */

import { BitTrickleError, reasonOf } from "../../errors.ts";
import type { Address } from "../../protocol/address.ts";
import type { Reply, Request } from "../../protocol/messages.ts";
import type { ShownTicket } from "../../protocol/ticket.ts";

type WithoutUser<R> = R extends { verb: "login" } ? never : Omit<R, "user">;

/** A request whose user is whoever is logged in. */
export type SessionRequest = WithoutUser<Request>;

/** Asks the index. */
export type Ask = (request: SessionRequest) => Promise<Reply>;

/** The reply that lists something. */
export type List = Reply & { kind: "list" };

/**
 * Unsolicited session events: no answer any more (`gone`), an answer again (`back`), a new login because
 * the index had lost this session (`again`), a login that is refused for good (`out`), or because the
 * password is not right any more (`password`), an index that now claims to have this user's password in clear (`weakened`), and answers to a login by somebody
 * who is not the index (`forged`), which is told once until the index is there. An index with several
 * servers has no `again` at another one: then the session has `moved`.
 */
export type SessionNews =
  | "gone"
  | "back"
  | "again"
  | "moved"
  | "out"
  | "password"
  | "weakened"
  | "forged";

/** Of which servers news is, as they were typed. */
export interface NewsDetails {
  /** Which one was lost, of `moved`. */
  readonly from?: Address;
  /** Which one took its place. */
  readonly to?: Address;
  /** Which one does not have the index's key, of `forged`. */
  readonly server?: Address;
}

/** Hears news. */
export type OnNews = (news: SessionNews, details?: NewsDetails) => void;

/** How a session is kept. */
export interface SessionOptions {
  /** How often to say that the user is there, in milliseconds. @default {2_000} */
  readonly heartbeatMs?: number | undefined;
  /** Waits between sendings of a request, in milliseconds, the last one before giving up. */
  readonly retransmitMs?: readonly number[] | undefined;
  /** Runs after the session was lost and found again, before any request that waits. */
  readonly onReturn?: ((ask: Ask) => Promise<void>) | undefined;
  /**
   * Hears, with every answer, how often the user has withdrawn a name everywhere by other sessions since
   * this one was opened: only that the number changes means something, and after a new login it begins
   * at 0. An unsealed session tells nothing.
   */
  readonly onWithdrawals?: ((count: number) => void) | undefined;
  /** Hears when the index does not answer any more, and when it does again. */
  readonly onNews?: OnNews | undefined;
}

/** Where a user's uploads are served. */
export interface UploadPorts {
  readonly plain: number;
  readonly tls: number;
}

/** A user logged in at one index. */
export interface IndexSession {
  /** Whether the session is sealed, so that files have ids and there are tickets. */
  readonly isSealed: boolean;

  /** The index's long-term key, once logged in: the same wherever the index is. None if unsealed. */
  readonly indexKey: string | undefined;

  /**
   * The id of the index's catalogue, see `catalogue_id.ts`, as the newest login told it. If it is another
   * one than before, the index may have lost what was published; if it is the same, what is not listed
   * was withdrawn. None if unsealed.
   */
  readonly catalogue: string | undefined;

  /**
   * How often the index has found this client at another address than before. After a new login it
   * counts anew: only that the number changes means something.
   */
  readonly moves: number;

  /**
   * Logs in, and says that the user is there from then on.
   *
   * @param ports Where the user's uploads are served
   * @throws {BitTrickleError} `login_refused`, `already_active`, `timeout`, `network`, `refused`,
   * `interrupted`, or `usage` for what no user can be called
   */
  logIn(user: string, password: string, ports: UploadPorts): Promise<void>;

  /**
   * Asks the index in the user's name. If the index has forgotten the session, logs in again first.
   *
   * @param most A list that comes in pages ends when it has this many items. @default {Infinity}
   * @throws {BitTrickleError} `refused` with the index's reason, `timeout`, or as {@linkcode logIn}
   */
  ask(request: SessionRequest, most?: number): Promise<Reply>;

  /** What a ticket of the index allows, if it is for this session and still good. */
  openTicket(ticket: string): ShownTicket | undefined;

  /** Leaves. After that no socket or timer is left, and what waits is interrupted. */
  close(): Promise<void>;
}

/** The error for an index that does not answer at `where`. */
export function noAnswerFrom(where: string): BitTrickleError {
  return new BitTrickleError(
    "timeout",
    `No answer from the index at ${where}: ` +
      "check that the server runs and that host and port are right",
  );
}

/** The error for an index at `where` that nothing can be sent to. */
export function cannotSendTo(where: string, cause: unknown): BitTrickleError {
  const message = `Cannot send to the index at ${where}: ${reasonOf(cause)}`;
  return new BitTrickleError("network", message, { cause });
}
