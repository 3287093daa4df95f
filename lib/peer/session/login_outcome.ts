/**
 * What comes of an attempt to log in with protocol 2.
 *
 * @module
 */

import { BitTrickleError } from "../../errors.ts";
import { formatAddress } from "../../protocol/address.ts";
import { escapeText } from "../../protocol/escape.ts";
import type { IndexProofs } from "../../protocol/messages.ts";
import { SESSIONS_PER_USER } from "../../protocol/share.ts";
import type { SessionKeys } from "../../protocol/session_keys.ts";
import { notOfThisIndex } from "./expected_servers.ts";
import { cannotSendTo, noAnswerFrom } from "./index_session.ts";
import { notStrongAnyMore, notTheKnownOne } from "./known_servers.ts";
import type { LoginFailure } from "./sealed_login.ts";
import type { SealedLink } from "./sealed_link.ts";

/** A session that an index has just opened. */
export interface Entered {
  readonly kind: "entered";
  readonly link: SealedLink;
  readonly keys: SessionKeys;
  /** The index's long-term key. */
  readonly indexKey: string;
  /** The index's clock in milliseconds, if it told. */
  readonly indexTime: number | undefined;
  readonly proofs: IndexProofs;
  /** The id of its catalogue, if it told. */
  readonly catalogue: string | undefined;
}

/** Why no session was opened. */
export type NotEntered =
  | LoginFailure & {
    /** Whether it is signed, or sealed, by the index that is known. */
    readonly isSure: boolean;
  }
  | { readonly kind: "too many sessions" }
  /** The password is right, and the index says, sealed, why it opens no session. */
  | { readonly kind: "not admitted"; readonly reason: string }
  /** The password is right, and the server says, sealed, why it can open no session just now. */
  | { readonly kind: "unable"; readonly reason: string }
  /** The index does not know this protocol. */
  | { readonly kind: "plain only" }
  /** The system cannot send there. */
  | { readonly kind: "unreachable"; readonly cause: unknown }
  /** Something of this protocol has come, and no login was the end of it. */
  | { readonly kind: "not understood" }
  | { readonly kind: "silent" };

/** What came of an attempt, and over which link. */
export type LoginOutcome = Entered | NotEntered & { readonly link: SealedLink };

/** Why no session was opened, and over which link, if one was. */
export type Failure = NotEntered & { readonly link?: SealedLink };

/** What is said of a wrong password, and of a user who is not known. */
export const WRONG_PASSWORD = "Authentication failed. Please try again.";

/**
 * What is said when a password is wrong that was right before. An index does not tell whether there is
 * such a user, so it may be either.
 */
export const CHANGED_PASSWORD =
  "The password of this user was changed, or the user was removed: log in anew";

/** Which failure is reported if several links have failed in different ways. */
const TOLD_FIRST: readonly NotEntered["kind"][] = [
  "weakened",
  "refused",
  "busy",
  "unable",
  "forged",
  "foreign",
  "plain only",
  "not understood",
  "silent",
  "unreachable",
];

/** Whether the index itself, and not another host in its place, lets this user in no more. */
export function isFinal(outcome: LoginOutcome | NotEntered): boolean {
  if (outcome.kind === "not admitted") return true;
  return (outcome.kind === "refused" || outcome.kind === "weakened") && outcome.isSure;
}

/** The one of `failures` that says most. */
export function worstOf<F extends NotEntered>(failures: readonly F[]): F {
  const rank = ({ kind }: F) => TOLD_FIRST.indexOf(kind);
  return failures.toSorted((a, b) => rank(a) - rank(b))[0]!;
}

/**
 * The error that tells a person why no session was opened at `index`: all its servers, as they were
 * typed.
 *
 * @param place Where known servers are kept
 */
export function errorOf(failure: Failure, index: string, place: string): BitTrickleError {
  const where = failure.link ? formatAddress(failure.link.server) : index;
  switch (failure.kind) {
    case "refused":
      return new BitTrickleError("login_refused", WRONG_PASSWORD);
    case "busy":
      return new BitTrickleError(
        "login_refused",
        `Too many attempts: try again in ${failure.seconds} s`,
      );
    case "forged":
      return notTheKnownOne(where, failure.knownAs, place);
    case "foreign":
      return notOfThisIndex(where, failure.knownAs, place);
    case "weakened":
      return notStrongAnyMore(where, failure.user, { knownAs: failure.knownAs, place });
    case "not admitted":
      return new BitTrickleError(
        "login_refused",
        `Authentication failed: ${escapeText(failure.reason)}`,
      );
    case "unable":
      return new BitTrickleError(
        "network",
        `Cannot log in at ${where} now: ${escapeText(failure.reason)}`,
      );
    case "too many sessions":
      return new BitTrickleError(
        "already_active",
        `${SESSIONS_PER_USER} sessions of this user are active, and there cannot be more: end one ` +
          "of them, here or on another device",
      );
    case "plain only":
      return notSealedAt(where);
    case "unreachable":
      return cannotSendTo(where, failure.cause);
    case "not understood":
      return notUnderstood(where);
    case "silent":
      return noAnswerFrom(index);
  }
}

/** Anybody on the way can cause it, so that it must not talk a person into the plain protocol. */
function notSealedAt(where: string): BitTrickleError {
  return new BitTrickleError(
    "plain_only",
    `What answers at ${where} does not speak the sealed protocol: check host and port, and ` +
      "the version of the server",
  );
}

function notUnderstood(where: string): BitTrickleError {
  return new BitTrickleError(
    "timeout",
    `The index at ${where} answers, but no login comes of it: it may be of another version, ` +
      "or the network loses its answers. Compare what client and server say to --version",
  );
}
