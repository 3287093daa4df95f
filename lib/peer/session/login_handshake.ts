/**
 * Logging in with protocol 2, from the first hello to the keys of a session.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { BitTrickleError, interrupted } from "../../errors.ts";
import { type Address, formatAddress, isLoopback } from "../../protocol/address.ts";
import { open } from "../../protocol/aead.ts";
import type { Reply } from "../../protocol/messages.ts";
import { type SealedDatagram } from "../../protocol/sealed_datagram.ts";
import { messageHeader } from "../../protocol/sealed_message.ts";
import { decodeSealedReply } from "../../protocol/sealed_reply.ts";
import type { SealedLogin } from "../../protocol/sealed_request.ts";
import type { SessionKeys } from "../../protocol/session_keys.ts";
import { cannotSendTo, noAnswerFrom } from "./index_session.ts";
import { assertSameIndex, type KnownServers } from "./known_servers.ts";
import { type LoginFailure, type ReadyLogin, SealedLoginAttempt } from "./sealed_login.ts";
import type { SealedLink } from "./sealed_link.ts";

/** Who logs in, and what goes with it. */
export interface SealedCredentials extends SealedLogin {
  readonly user: string;
  readonly password: string;
}

/** A session that an index has just opened. */
export interface Entered {
  readonly kind: "entered";
  readonly link: SealedLink;
  readonly keys: SessionKeys;
  /** The index's long-term key. */
  readonly indexKey: string;
  /** The index's clock in milliseconds, if it told. */
  readonly indexTime: number | undefined;
}

/** Why no session was opened. */
export type NotEntered =
  | LoginFailure & {
    /** Whether the reply is authenticated as the index's. */
    readonly isSure: boolean;
  }
  | { readonly kind: "already active" }
  /** The index does not know this protocol. */
  | { readonly kind: "plain only" }
  /** The system cannot send there. */
  | { readonly kind: "unreachable"; readonly cause: unknown }
  | { readonly kind: "silent" };

/** What came of an attempt, and over which link. */
export type LoginOutcome = Entered | NotEntered & { readonly link: SealedLink };

/** How an index is entered. */
export interface HandshakeOptions {
  /** The index as it was typed, by which it is known. */
  readonly index: Address;
  readonly known: KnownServers;
  /** Waits between sendings, in milliseconds. */
  readonly waits: readonly number[];
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Whether silence means that the index knows only protocol 1. @default {false} */
  readonly mayBePlain?: boolean | undefined;
}

/** Silence after which an index that may be plain is taken for it, in milliseconds. */
const SILENCE_MS = 1_000;

/** How long it may be impossible to send, in milliseconds: a network that comes up takes a moment. */
const UNREACHABLE_MS = 1_000;

/** Head start of an address of the index before the next, as in RFC 8305 section 5, in milliseconds. */
const HEAD_START_MS = 250;

/** Which failure is reported if several links have failed in different ways. */
const TOLD_FIRST: readonly NotEntered["kind"][] = [
  "refused",
  "busy",
  "plain only",
  "silent",
  "unreachable",
];

/**
 * Logs in over whichever of `links` leads to the index, the first ones first, and returns the new
 * session. An index that is met for the first time is remembered.
 *
 * @param links At least one
 * @throws {BitTrickleError} `refused` for an index that is not the one known, `interrupted`
 */
export async function enter(
  links: readonly SealedLink[],
  credentials: SealedCredentials,
  options: HandshakeOptions,
): Promise<LoginOutcome> {
  const { index, known, waits } = options;
  const proof = await proveOnOne(links, credentials, options);
  if (proof.kind !== "proven") return proof;
  const { link, login } = proof;
  await assertSameIndex(known, index, login.indexKey);
  const reply = await link.exchange({
    send: () => [login.datagram],
    take: (datagram) => openWelcome(login.keys, datagram),
    waits,
  });
  if (!reply) return { kind: "silent", link };
  if (reply.kind === "already active") return { kind: "already active", link };
  if (reply.kind !== "welcome") return { kind: "refused", isSure: true, link };
  await known.remember(index, login.indexKey);
  const { keys, indexKey } = login;
  return { kind: "entered", link, keys, indexKey, indexTime: reply.time };
}

/** A link on which the index has answered. */
interface Proven {
  readonly kind: "proven";
  readonly link: SealedLink;
  readonly login: ReadyLogin;
}

type Proof = Proven | NotEntered & { readonly link: SealedLink };

/** Tries all links, each a little later than the one before. The first that is answered wins. */
async function proveOnOne(
  links: readonly SealedLink[],
  credentials: SealedCredentials,
  options: HandshakeOptions,
): Promise<Proof> {
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, options.signal]);
  const first = Promise.withResolvers<Proven>();
  const attempts = links.map(async (link, i) => {
    await delay(i * HEAD_START_MS, { signal }).catch(() => {});
    if (signal.aborted) throw interrupted();
    const proof = await prove(link, credentials, options);
    if (proof.kind === "proven") first.resolve(proof);
    return proof;
  });
  try {
    const proof = await Promise.race([first.promise, Promise.all(attempts)]);
    return proof instanceof Array ? worstOf(proof) : proof;
  } finally {
    over.abort();
    for (const attempt of attempts) attempt.catch(() => {});
    for (const link of links) link.cancel();
  }
}

function worstOf(proofs: readonly Proof[]): Proof {
  const rank = ({ kind }: Proof) => kind === "proven" ? -1 : TOLD_FIRST.indexOf(kind);
  return proofs.toSorted((a, b) => rank(a) - rank(b))[0]!;
}

async function prove(
  link: SealedLink,
  credentials: SealedCredentials,
  { waits, mayBePlain = false }: HandshakeOptions,
): Promise<Proof> {
  const attempt = await SealedLoginAttempt.begin(credentials.user, credentials.password);
  const began = performance.now();
  const failure = () => failureOf(attempt, link, mayBePlain, performance.now() - began);
  const login = await link.exchange({
    send: () => [attempt.hello()],
    take: (datagram, isFromIndex) => takeAnswer(attempt, link, credentials, datagram, isFromIndex),
    waits,
    // A forged answer that comes first must not win: the rest of the wait is for the true one.
    isHopeless: () => failure() !== undefined,
  });
  if (login) return { kind: "proven", link, login };
  const { doubtfulFailure } = attempt;
  const silence: NotEntered = doubtfulFailure
    ? { ...doubtfulFailure, isSure: false }
    : { kind: "silent" };
  return { ...failure() ?? silence, link };
}

function takeAnswer(
  attempt: SealedLoginAttempt,
  link: SealedLink,
  login: SealedLogin,
  datagram: SealedDatagram,
  isFromIndex: boolean,
): ReadyLogin | undefined {
  switch (datagram.kind) {
    case "challenge":
      return attempt.answer(datagram, login, isFromIndex);
    case "busy":
      attempt.fail({ kind: "busy", seconds: datagram.seconds }, isFromIndex);
      break;
    case "retry":
      if (attempt.takeToken(datagram.token, isFromIndex)) link.hurry();
  }
}

/** Why there is no point in going on after `silentMs` milliseconds, if there is none. */
function failureOf(
  { failure }: SealedLoginAttempt,
  link: SealedLink,
  mayBePlain: boolean,
  silentMs: number,
): NotEntered | undefined {
  const { index, heardPlain, heardSealed, sendFailure } = link;
  const isTooSilent = mayBePlain && isLoopback(index.hostname) && silentMs > SILENCE_MS;
  if (failure) return { ...failure, isSure: true };
  if (!heardSealed && (heardPlain || isTooSilent)) return { kind: "plain only" };
  const isUnreachable = sendFailure !== undefined && silentMs > UNREACHABLE_MS;
  if (isUnreachable) return { kind: "unreachable", cause: sendFailure };
}

function openWelcome(keys: SessionKeys, datagram: SealedDatagram): Reply | undefined {
  if (datagram.kind !== "message" || datagram.session !== keys.session) return undefined;
  if (datagram.number !== 0) return undefined;
  const text = open(keys.toClient, 0, messageHeader(keys.session, 0), datagram.box);
  return text && decodeSealedReply("login", text);
}

/** The error that tells a person why no session was opened at `index`. */
export function errorOf(failure: NotEntered, index: Address): BitTrickleError {
  const where = formatAddress(index);
  switch (failure.kind) {
    case "refused":
      return new BitTrickleError("login_refused", "Authentication failed. Please try again.");
    case "busy":
      return new BitTrickleError(
        "login_refused",
        `Too many attempts: try again in ${failure.seconds} s`,
      );
    case "already active":
      return new BitTrickleError(
        "already_active",
        "Authentication failed: user is already active",
      );
    case "plain only":
      return new BitTrickleError(
        "plain_only",
        `The index at ${where} knows only the plain protocol, in which the network can read the ` +
          "password: add --protocol 1 if you trust the network",
      );
    case "unreachable":
      return cannotSendTo(index, failure.cause);
    case "silent":
      return noAnswerFrom(index);
  }
}
