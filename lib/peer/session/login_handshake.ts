/**
 * Logging in with protocol 2, from the first hello to the keys of a session.
 *
 * @module
 */

import { type Address, isSameAddress } from "../../protocol/address.ts";
import { WELCOME_MS } from "../../protocol/limits.ts";
import type { ErrorCode, Reply } from "../../protocol/messages.ts";
import type { SealedDatagram } from "../../protocol/sealed_datagram.ts";
import { welcomeHeader } from "../../protocol/sealed_message.ts";
import { decodeSealedReply } from "../../protocol/sealed_reply.ts";
import { openText } from "../../protocol/sealed_text.ts";
import { deriveSessionKeys, type SessionKeys } from "../../protocol/session_keys.ts";
import { expectServers } from "./expected_servers.ts";
import type { HandshakeOptions, SealedCredentials } from "./handshake_options.ts";
import { type Pin, withProven } from "./known_servers.ts";
import { isFinal, type LoginOutcome } from "./login_outcome.ts";
import { GuessAllowance, type ReadyLogin } from "./sealed_login.ts";
import type { SealedLink } from "./sealed_link.ts";
import { type Failed, type Proven, proveOnOne, type Trust } from "./server_proof.ts";

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
