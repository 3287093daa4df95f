/**
 * Logging in with protocol 2, from the first hello to the keys of a session.
 *
 * @module
 */

import { BitTrickleError } from "../errors.ts";
import { formatAddress } from "../protocol/address.ts";
import { open } from "../protocol/box.ts";
import type { Reply } from "../protocol/messages.ts";
import { messageHeader, type SealedDatagram } from "../protocol/sealed_datagram.ts";
import { decodeSealedReply } from "../protocol/sealed_reply.ts";
import type { SealedLogin } from "../protocol/sealed_request.ts";
import type { SessionKeys } from "../protocol/session_keys.ts";
import { noAnswerFrom } from "./index_session.ts";
import { assertSameIndex, type KnownIndexes } from "./known_index.ts";
import { loginRefused, type ReadyLogin, SealedLoginAttempt } from "./sealed_login.ts";
import type { SealedLink } from "./sealed_link.ts";

/** Who logs in, and what goes with it. */
export interface SealedCredentials extends SealedLogin {
  readonly user: string;
  readonly password: string;
}

/** A session that an index has just opened. */
export interface Entered {
  readonly keys: SessionKeys;
  /** The index's long-term key. */
  readonly indexKey: string;
  /** The index's clock in milliseconds, if it told. */
  readonly indexTime: number | undefined;
}

/** How an index is entered. */
export interface EntranceOptions {
  /** Waits between sendings, in milliseconds. */
  readonly waits: readonly number[];
  /** Whether silence means that the index knows only protocol 1. @default {false} */
  readonly mayBePlain?: boolean | undefined;
}

/** Silence after which an index that may be plain is taken for it, in milliseconds. */
const SILENCE_MS = 1_000;

/**
 * Logs in over `link` and returns the new session. An index that is met for the first
 * time is remembered in `known`.
 *
 * @throws {BitTrickleError} `login_refused`, `already_active`, `plain_only` for an index that does
 * not know this protocol, `refused` for one that is not the one known, `timeout` or `interrupted`
 */
export async function enter(
  link: SealedLink,
  credentials: SealedCredentials,
  known: KnownIndexes,
  options: EntranceOptions,
): Promise<Entered> {
  const attempt = await SealedLoginAttempt.begin(credentials.user, credentials.password);
  const login = await prove(link, attempt, credentials, options);
  await assertSameIndex(known, link.index, login.indexKey);
  const reply = await link.exchange({
    send: () => [login.datagram],
    take: (datagram) => openWelcome(login.keys, datagram),
    waits: options.waits,
  });
  if (!reply) throw noAnswerFrom(link.index);
  if (reply.kind !== "welcome") throw refusalOf(reply);
  await known.remember(link.index, login.indexKey);
  return { keys: login.keys, indexKey: login.indexKey, indexTime: reply.time };
}

async function prove(
  link: SealedLink,
  attempt: SealedLoginAttempt,
  login: SealedLogin,
  { waits, mayBePlain = false }: EntranceOptions,
): Promise<ReadyLogin> {
  const began = performance.now();
  const isPlain = () => {
    const isSilent = performance.now() - began > SILENCE_MS;
    return !link.heardSealed && (link.heardPlain || (mayBePlain && isSilent));
  };
  const take = (datagram: SealedDatagram): ReadyLogin | undefined => {
    if (datagram.kind === "challenge") return attempt.answer(datagram, login);
    if (datagram.kind === "busy") attempt.busySeconds = datagram.seconds;
    if (datagram.kind === "retry" && attempt.takeToken(datagram.token)) link.hurry();
  };
  // A forged answer that comes first must not win: the rest of the wait is for the true one.
  const isHopeless = () => attempt.hasFailed || attempt.busySeconds !== undefined || isPlain();
  const proof = await link.exchange({ send: () => [attempt.hello()], take, waits, isHopeless });
  if (proof) return proof;
  if (attempt.hasFailed) throw loginRefused();
  if (attempt.busySeconds !== undefined) {
    const message = `Too many attempts: try again in ${attempt.busySeconds} s`;
    throw new BitTrickleError("login_refused", message);
  }
  throw isPlain() ? plainOnly(link) : noAnswerFrom(link.index);
}

function openWelcome(keys: SessionKeys, datagram: SealedDatagram): Reply | undefined {
  if (datagram.kind !== "message" || datagram.session !== keys.session) return undefined;
  if (datagram.number !== 0) return undefined;
  const text = open(keys.toClient, 0, messageHeader(keys.session, 0), datagram.box);
  return text && decodeSealedReply("login", text);
}

function refusalOf(reply: Reply): BitTrickleError {
  return reply.kind === "already active"
    ? new BitTrickleError("already_active", "Authentication failed: user is already active")
    : loginRefused();
}

function plainOnly({ index }: SealedLink): BitTrickleError {
  return new BitTrickleError(
    "plain_only",
    `The index at ${
      formatAddress(index)
    } knows only the plain protocol, in which the network can ` +
      "read the password: add --protocol 1 if you trust the network",
  );
}
