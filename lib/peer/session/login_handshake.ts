/**
 * Logging in with protocol 2, from the first hello to the keys of a session.
 *
 * @module
 */

import { interrupted } from "../../errors.ts";
import { type Address, isLoopback, isSameAddress } from "../../protocol/address.ts";
import { WELCOME_MS } from "../../protocol/limits.ts";
import type { ErrorCode, Reply } from "../../protocol/messages.ts";
import type { SealedDatagram } from "../../protocol/sealed_datagram.ts";
import { welcomeHeader } from "../../protocol/sealed_message.ts";
import { decodeSealedReply } from "../../protocol/sealed_reply.ts";
import type { SealedLogin } from "../../protocol/login_text.ts";
import { openText } from "../../protocol/sealed_text.ts";
import { deriveSessionKeys, type SessionKeys } from "../../protocol/session_keys.ts";
import { type Expectation, expectServers } from "./expected_servers.ts";
import { headStart } from "./head_start.ts";
import { type KnownServers, type Pin, withProven } from "./known_servers.ts";
import { isFinal, type LoginOutcome, type NotEntered, worstOf } from "./login_outcome.ts";
import { GuessAllowance, type ReadyLogin, SealedLoginAttempt } from "./sealed_login.ts";
import type { SealedLink } from "./sealed_link.ts";

/** Who logs in, and what goes with it. */
export interface SealedCredentials extends SealedLogin {
  readonly user: string;
  readonly password: string;
}

/** How an index is entered. */
export interface HandshakeOptions {
  /** The servers of the index as they were typed, by which they are known. */
  readonly servers: readonly Address[];
  readonly known: KnownServers;
  /** Waits between sendings, in milliseconds. */
  readonly waits: readonly number[];
  /**
   * Further waits, if the index has asked for a proof of the address and has had no time for a
   * challenge yet. @default none
   */
  readonly crowdedWaits?: readonly number[] | undefined;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Whether silence means that the index knows only protocol 1. @default {false} */
  readonly mayBePlain?: boolean | undefined;
  /** Shared by several tries that count as one. @default one of its own */
  readonly allowance?: GuessAllowance | undefined;
  /** Hears why a login at one server came to nothing, also if another one lets the user in. */
  readonly onFailure?: ((failure: NotEntered, server: Address) => void) | undefined;
}

/** Silence after which an index that may be plain is taken for it, in milliseconds. */
const SILENCE_MS = 1_000;

/** How long it may be impossible to send, in milliseconds: a network that comes up takes a moment. */
const UNREACHABLE_MS = 1_000;

/** What a client has to go by at each server. */
interface Trust {
  readonly at: (server: Address) => Expectation;
  readonly allowance: GuessAllowance;
}

/**
 * Logs in over whichever of `links` leads to the index, the first ones first, and returns the new
 * session. What the login proves of the index is remembered. A server that falls silent in the middle, or
 * can open no session just now, leaves the others.
 *
 * @param links At least one
 * @throws {BitTrickleError} `disk` if it cannot be read which index is known, `interrupted`
 */
export async function enter(
  links: readonly SealedLink[],
  credentials: SealedCredentials,
  options: HandshakeOptions,
): Promise<LoginOutcome> {
  const { servers, known, allowance = new GuessAllowance() } = options;
  const addressesOf = (server: Address) => {
    return links.filter((link) => isSameAddress(link.server, server)).map(({ index }) => index);
  };
  const trust = { at: await expectServers(known, servers, addressesOf), allowance };
  let unable: Failed | undefined;
  for (let left = links;;) {
    const proof = await proveOnOne(left, credentials, options, trust);
    if (proof.kind !== "proven") return isFinal(proof) ? proof : unable ?? proof;
    left = left.filter(({ server }) => !isSameAddress(server, proof.link.server));
    const isShort = left.length > 0 || options.waits.length < WELCOME_MS.length;
    const waits = isShort ? WELCOME_MS : options.waits;
    const outcome = await logIn(proof, credentials, { ...options, waits }, trust);
    if (outcome.kind === "unable") unable = outcome;
    const isOfNoUse = outcome.kind === "unable" || outcome.kind === "not understood";
    if (!isOfNoUse || left.length === 0) return unable ?? outcome;
  }
}

/** Asks for a session on the link on which the index has answered. */
async function logIn(
  { link, login }: Proven,
  credentials: SealedCredentials,
  { known, waits }: HandshakeOptions,
  trust: Trust,
): Promise<LoginOutcome> {
  const welcome = await link.exchange({
    send: () => [login.datagram],
    take: (datagram) => openWelcome(login.sessionKey, datagram),
    waits,
  });
  if (!welcome) return { kind: "not understood", link };
  const { keys, reply } = welcome;
  const { indexKey } = login;
  const { server } = link;
  const proven = proofIn(reply, login, credentials);
  // A refusal is sealed as well: whoever tries again must not be open to others once more.
  await known.remember(server, withProven(trust.at(server).pin, proven));
  if (reply.kind === "too many sessions") return { kind: "too many sessions", link };
  if (reply.kind === "error" && reply.code === 403) {
    return { kind: "not admitted", reason: reply.reason, link };
  }
  if (reply.kind === "error" && isPassing(reply.code)) {
    return { kind: "unable", reason: reply.reason, link };
  }
  if (reply.kind !== "welcome" || !reply.proofs) return { kind: "refused", isSure: true, link };
  const { time: indexTime, proofs, catalogue } = reply;
  return { kind: "entered", link, keys, indexKey, indexTime, proofs, catalogue };
}

/** Whether the fault is the server's, and not for ever. */
function isPassing(code: ErrorCode | undefined): boolean {
  return code === 500 || code === 429;
}

/** What the sealed answer to a login proves of the index. */
function proofIn(reply: Reply, login: ReadyLogin, { user }: SealedCredentials): Pin {
  return {
    opaqueKey: login.indexKey,
    signingKey: reply.kind === "welcome" ? reply.proofs?.signingKey : undefined,
    strongUsers: login.stretching === "strong" ? [user] : [],
  };
}

/** A link on which the index has answered. */
interface Proven {
  readonly kind: "proven";
  readonly link: SealedLink;
  readonly login: ReadyLogin;
}

type Failed = NotEntered & { readonly link: SealedLink };

type Proof = Proven | Failed;

/**
 * Tries all links, each a little later than the one before. The first that is answered wins, or on which
 * the index itself refuses the user.
 */
async function proveOnOne(
  links: readonly SealedLink[],
  credentials: SealedCredentials,
  options: HandshakeOptions,
  trust: Trust,
): Promise<Proof> {
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, options.signal]);
  const first = Promise.withResolvers<Proof>();
  let turn: Promise<void> = Promise.resolve();
  const attempts = links.map((link) => {
    const attempt = turn.then(async () => {
      if (signal.aborted) throw interrupted();
      const proof = await proveOn(link, credentials, options, trust);
      if (proof.kind === "proven" || isFinal(proof)) first.resolve(proof);
      return proof;
    });
    turn = turn.then(() => headStart(link, attempt, signal));
    return attempt;
  });
  try {
    const proof = await Promise.race([first.promise, Promise.all(attempts)]);
    return proof instanceof Array ? worstOf(proof.filter(isFailed)) : proof;
  } finally {
    over.abort();
    for (const attempt of attempts) attempt.catch(() => {});
    for (const link of links) link.cancel();
  }
}

function isFailed(proof: Proof): proof is Failed {
  return proof.kind !== "proven";
}

/** Tries one link, unless its server is known not to be one of the index, and tells of a failure. */
async function proveOn(
  link: SealedLink,
  credentials: SealedCredentials,
  options: HandshakeOptions,
  { at, allowance }: Trust,
): Promise<Proof> {
  const { known, foreignTo } = at(link.server);
  const attempt = await SealedLoginAttempt.begin(credentials, { known, allowance });
  let failure: NotEntered | undefined;
  try {
    const proof = foreignTo
      ? { kind: "foreign" as const, knownAs: foreignTo, isSure: false, link }
      : await prove(link, attempt, credentials, options);
    if (isFailed(proof)) failure = proof;
    return proof;
  } catch (error) {
    // Another server has let the user in meanwhile.
    failure = attempt.doubt && { ...attempt.doubt, isSure: false };
    throw error;
  } finally {
    if (failure && !options.signal.aborted) options.onFailure?.(failure, link.server);
  }
}

async function prove(
  link: SealedLink,
  attempt: SealedLoginAttempt,
  credentials: SealedCredentials,
  { waits, crowdedWaits = [], mayBePlain = false }: HandshakeOptions,
): Promise<Proof> {
  const began = performance.now();
  // An index that was once met sealed still is: what looks plain there is not the index.
  const isMet = attempt.trust.known !== undefined;
  const failure = () => {
    return attempt.failure ? { ...attempt.failure, isSure: true } : linkFailure(link, {
      silentMs: performance.now() - began,
      mayBePlain,
      isMet,
    });
  };
  let waited = 0;
  const isOver = () => ++waited >= waits.length && !attempt.isInCrowd;
  const login = await link.exchange({
    send: () => [attempt.hello()],
    take: (datagram) => takeAnswer(attempt, link, credentials, datagram),
    waits: [...waits, ...crowdedWaits],
    // A forged answer that comes first must not win: the rest of the wait is for the true one.
    isHopeless: () => isOver() || failure() !== undefined || attempt.trust.allowance.isUsedUp,
  });
  if (login) return { kind: "proven", link, login };
  const { doubt } = attempt;
  if (doubt && !failure()) return { ...doubt, isSure: false, link };
  return { ...failure() ?? { kind: link.heardSealed ? "not understood" : "silent" }, link };
}

function takeAnswer(
  attempt: SealedLoginAttempt,
  link: SealedLink,
  login: SealedLogin,
  datagram: SealedDatagram,
): ReadyLogin | undefined {
  switch (datagram.kind) {
    case "challenge":
      return attempt.answer(datagram, login);
    case "busy":
    case "unable":
      attempt.takeWait(datagram);
      break;
    case "retry":
      if (attempt.takeToken(datagram)) link.hurry();
  }
}

/** What is known of the other end of a link. */
interface LinkState {
  /** How long nothing that leads on has come, in milliseconds. */
  readonly silentMs: number;
  readonly mayBePlain: boolean;
  readonly isMet: boolean;
}

/** Why there is no point in going on over `link`, if there is none. */
function linkFailure(
  { index, heardPlain, heardSealed, sendFailure }: SealedLink,
  { silentMs, mayBePlain, isMet }: LinkState,
): NotEntered | undefined {
  const isTooSilent = mayBePlain && isLoopback(index.hostname) && silentMs > SILENCE_MS;
  if (!isMet && !heardSealed && (heardPlain || isTooSilent)) return { kind: "plain only" };
  const isUnreachable = sendFailure !== undefined && silentMs > UNREACHABLE_MS;
  if (isUnreachable) return { kind: "unreachable", cause: sendFailure };
}

/** What the index answers to a login, and the keys that it has made for that answer. */
export interface Welcome {
  readonly keys: SessionKeys;
  readonly reply: Reply;
}

/**
 * The welcome in `datagram`, if it is one to the login that left `sessionKey`.
 *
 * @throws {BitTrickleError} `malformed`
 */
export function openWelcome(sessionKey: string, datagram: SealedDatagram): Welcome | undefined {
  if (datagram.kind !== "welcome") return undefined;
  const keys = deriveSessionKeys(sessionKey, datagram.salt);
  if (datagram.session !== keys.session) return undefined;
  const header = welcomeHeader(datagram.salt, keys.session);
  const text = openText(keys.toClient, 0, header, datagram.box);
  return text && { keys, reply: decodeSealedReply("login", text) };
}
