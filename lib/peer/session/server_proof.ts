/**
 * Finding out on which of several links the index answers, and that it is the one that is meant: the first half of
 * a login.
 *
 * @module
 */

import { interrupted } from "../../errors.ts";
import { type Address, isLoopback } from "../../protocol/address.ts";
import type { SealedLogin } from "../../protocol/login_text.ts";
import type { SealedDatagram } from "../../protocol/sealed_datagram.ts";
import type { Expectation } from "./expected_servers.ts";
import type { HandshakeOptions, SealedCredentials } from "./handshake_options.ts";
import { headStart } from "./head_start.ts";
import { isFinal, type NotEntered, worstOf } from "./login_outcome.ts";
import { type GuessAllowance, type ReadyLogin, SealedLoginAttempt } from "./sealed_login.ts";
import type { SealedLink } from "./sealed_link.ts";

/** Silence after which an index that may be plain is taken for it, in milliseconds. */
const SILENCE_MS = 1_000;

/** How long it may be impossible to send, in milliseconds: a network that comes up takes a moment. */
const UNREACHABLE_MS = 1_000;

/** What a client has to go by at each server. */
export interface Trust {
  readonly at: (server: Address) => Expectation;
  readonly allowance: GuessAllowance;
}

/** A link on which the index has answered. */
export interface Proven {
  readonly kind: "proven";
  readonly link: SealedLink;
  readonly login: ReadyLogin;
}

/** Why none has. */
export type Failed = NotEntered & { readonly link: SealedLink };

/** What came of it. */
export type Proof = Proven | Failed;

/**
 * Tries all links, each a little later than the one before. The first that is answered wins, or on which
 * the index itself refuses the user.
 */
export async function proveOnOne(
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
