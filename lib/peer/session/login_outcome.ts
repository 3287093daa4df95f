/**
 * What comes of an attempt to log in with protocol 2.
 *
 * @module
 */

import { BitTrickleError } from "../../errors.ts";
import { type Address, formatAddress } from "../../protocol/address.ts";
import { escapeText } from "../../protocol/escape.ts";
import type { IndexProofs } from "../../protocol/messages.ts";
import { SESSIONS_PER_USER } from "../../protocol/share.ts";
import type { SessionKeys } from "../../protocol/session_keys.ts";
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
  /** The index does not know this protocol. */
  | { readonly kind: "plain only" }
  /** The system cannot send there. */
  | { readonly kind: "unreachable"; readonly cause: unknown }
  /** Something of this protocol has come, and no login was the end of it. */
  | { readonly kind: "not understood" }
  | { readonly kind: "silent" };

/** What came of an attempt, and over which link. */
export type LoginOutcome = Entered | NotEntered & { readonly link: SealedLink };

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
  "forged",
  "plain only",
  "not understood",
  "silent",
  "unreachable",
];

/** The one of `failures` that says most. */
export function worstOf<F extends NotEntered>(failures: readonly F[]): F {
  const rank = ({ kind }: F) => TOLD_FIRST.indexOf(kind);
  return failures.toSorted((a, b) => rank(a) - rank(b))[0]!;
}

/**
 * The error that tells a person why no session was opened at `index`.
 *
 * @param place Where known servers are kept
 */
export function errorOf(failure: NotEntered, index: Address, place: string): BitTrickleError {
  switch (failure.kind) {
    case "refused":
      return new BitTrickleError("login_refused", WRONG_PASSWORD);
    case "busy":
      return new BitTrickleError(
        "login_refused",
        `Too many attempts: try again in ${failure.seconds} s`,
      );
    case "forged":
      return notTheKnownOne(index, failure.knownAs, place);
    case "weakened":
      return notStrongAnyMore(index, failure.user, { knownAs: failure.knownAs, place });
    case "not admitted":
      return new BitTrickleError(
        "login_refused",
        `Authentication failed: ${escapeText(failure.reason)}`,
      );
    case "too many sessions":
      return new BitTrickleError(
        "already_active",
        `${SESSIONS_PER_USER} sessions of this user are active, and there cannot be more: end one ` +
          "of them, here or on another device",
      );
    case "plain only":
      return notSealedAt(index);
    case "unreachable":
      return cannotSendTo(index, failure.cause);
    case "not understood":
      return notUnderstood(index);
    case "silent":
      return noAnswerFrom(index);
  }
}

/** Anybody on the way can cause it, so that it must not talk a person into the plain protocol. */
function notSealedAt(index: Address): BitTrickleError {
  const where = formatAddress(index);
  return new BitTrickleError(
    "plain_only",
    `What answers at ${where} does not speak the sealed protocol: check host and port, and ` +
      "the version of the server",
  );
}

function notUnderstood(index: Address): BitTrickleError {
  const where = formatAddress(index);
  return new BitTrickleError(
    "timeout",
    `The index at ${where} answers, but no login comes of it: it may be of another version, ` +
      "or the network loses its answers. Compare what client and server say to --version",
  );
}
