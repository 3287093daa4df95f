/**
 * Datagrams of protocol 2. Messages and welcomes are binary, see `sealed_message.ts`. The others are
 * UTF-8 text, with single spaces between fields:
 *
 *     client -> index   BT2/hello <user> <ke1> [token]    and spaces, to 1200 bytes
 *     index -> client   BT2/retry <echo> <token>
 *     index -> client   BT2/challenge <echo> <cookie> <ke2> <light or strong> <signature>
 *     index -> client   BT2/busy <echo> <seconds> <signature>
 *     index -> client   BT2/unable <echo> <seconds> <signature>
 *     client -> index   BT2/login <cookie> <ke3> <box>
 *     index -> client   BT2/reset <session> <value>
 *
 * @module
 */

import { createHash } from "node:crypto";
import { malformed } from "../errors.ts";
import { fromBase64Url, isBase64Url, toBase64Url } from "./base64url.ts";
import { DATAGRAM_BYTES } from "./limits.ts";
import { credentialFault } from "./names.ts";
import {
  decodeBinary,
  encodeBinary,
  type SealedMessage,
  type SealedWelcome,
  SESSION_BYTES,
} from "./sealed_message.ts";
import { SIGNATURE_BYTES } from "./signature.ts";
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";

/** How a password is stretched: little where the index knows it in clear anyway. */
export type Stretching = "light" | "strong";

/** Opens a login. */
export interface Hello {
  readonly kind: "hello";
  readonly user: string;
  readonly ke1: string;
  readonly token: string | undefined;
}

/** Asks to prove the address. */
export interface Retry {
  readonly kind: "retry";
  /** Shows that the hello was seen: see {@linkcode echoOf}. */
  readonly echo: string;
  readonly token: string;
}

/** The index's half of OPAQUE. */
export interface Challenge {
  readonly kind: "challenge";
  readonly echo: string;
  readonly cookie: string;
  readonly ke2: string;
  readonly stretching: Stretching;
  /** Of {@linkcode signedTextOf} this. */
  readonly signature: string;
}

/** Not now: after some seconds. */
interface Wait {
  readonly echo: string;
  readonly seconds: number;
  /** Of {@linkcode signedTextOf} this. */
  readonly signature: string;
}

/** Too many attempts. */
export interface Busy extends Wait {
  readonly kind: "busy";
}

/** The server is cut off from the others of its index, and can let in nobody. */
export interface Unable extends Wait {
  readonly kind: "unable";
}

/** What an {@linkcode Unable} means, in words for a person: both ends say the same. */
export const CUT_OFF = "this server is cut off from the others of its index: try another one";

/** What is signed, but for the signature. */
export type Unsigned =
  | Omit<Challenge, "signature">
  | Omit<Busy, "signature">
  | Omit<Unable, "signature">;

/** Finishes a login. */
export interface Login {
  readonly kind: "login";
  readonly cookie: string;
  readonly ke3: string;
  readonly box: Uint8Array;
}

/** The session is not known: log in. */
export interface Reset {
  readonly kind: "reset";
  readonly session: string;
  /** Shows that it is the index's: the welcome told it. */
  readonly value: string;
}

/** A datagram of protocol 2. Binary fields are base64url but for boxes and salts. */
export type SealedDatagram =
  | Hello
  | Retry
  | Challenge
  | Busy
  | Unable
  | Login
  | SealedWelcome
  | SealedMessage
  | Reset;

const ECHO_BYTES = 8;
/** Bytes of the value of a reset. */
export const RESET_VALUE_BYTES = 16;
/** What the box of a login authenticates: nothing that could vary under its key. */
export const LOGIN_HEADER = encodeUtf8("BT2/login");

/** Whether `datagram` belongs to protocol 2. No request of protocol 1 begins like that. */
export function isSealed(datagram: Uint8Array): boolean {
  // Spelled out, as this is asked of every datagram: "BT2/".
  return datagram[0] === 0x42 && datagram[1] === 0x54 && datagram[2] === 0x32 &&
    datagram[3] === 0x2f;
}

/**
 * What an answer to a hello repeats of it: the first 8 bytes of SHA-256 over the bytes of `ke1`. Who
 * has not seen the hello cannot answer it.
 */
export function echoOf(ke1: string): string {
  const hash = createHash("sha256").update(fromBase64Url(ke1) ?? "").digest();
  return toBase64Url(hash.subarray(0, ECHO_BYTES));
}

/**
 * What the index signs: the answer, and the hello that it answers. The token stands for the address of
 * the client, so that what is signed for one who repeats its hello elsewhere is worth nothing to it.
 */
export function signedTextOf(
  answer: Unsigned,
  { user, ke1, token = "" }: Pick<Hello, "user" | "ke1" | "token">,
): string {
  const fields = answer.kind === "challenge"
    ? [answer.cookie, answer.ke2, answer.stretching]
    : [String(answer.seconds)];
  return [`BT2/${answer.kind}`, user, ke1, token, answer.echo, ...fields].join(" ");
}

/** The bytes of `datagram`. A hello is padded, so that no answer to it is longer. */
export function encodeSealedDatagram(datagram: SealedDatagram): Uint8Array {
  switch (datagram.kind) {
    case "message":
    case "welcome":
      return encodeBinary(datagram);
    case "hello":
      return encodeText(datagram.kind, fieldsOf(datagram), DATAGRAM_BYTES);
    default:
      return encodeText(datagram.kind, fieldsOf(datagram));
  }
}

function fieldsOf(datagram: Exclude<SealedDatagram, SealedMessage | SealedWelcome>): string[] {
  switch (datagram.kind) {
    case "hello": {
      const { user, ke1, token } = datagram;
      return [user, ke1, ...token ? [token] : []];
    }
    case "retry":
      return [datagram.echo, datagram.token];
    case "challenge": {
      const { echo, cookie, ke2, stretching, signature } = datagram;
      return [echo, cookie, ke2, stretching, signature];
    }
    case "busy":
    case "unable":
      return [datagram.echo, String(datagram.seconds), datagram.signature];
    case "login":
      return [datagram.cookie, datagram.ke3, toBase64Url(datagram.box)];
    case "reset":
      return [datagram.session, datagram.value];
  }
}

/**
 * The datagram in `bytes`. Nothing in it is proven yet.
 *
 * @throws {BitTrickleError} `malformed`
 */
export function decodeSealedDatagram(bytes: Uint8Array): SealedDatagram {
  if (bytes.length > DATAGRAM_BYTES) throw malformed("message too long");
  const binary = isSealed(bytes) ? decodeBinary(bytes) : undefined;
  const datagram = binary ?? decodeText(bytes);
  if (!datagram) throw malformed("not a message of protocol 2");
  return datagram;
}

function decodeText(bytes: Uint8Array): SealedDatagram | undefined {
  const [kind, ...fields] = decodeUtf8(bytes).split(" ");
  switch (kind) {
    case "BT2/hello":
      return bytes.length === DATAGRAM_BYTES ? decodeHello(fields) : undefined;
    case "BT2/retry":
      return decodeRetry(fields);
    case "BT2/challenge":
      return decodeChallenge(fields);
    case "BT2/busy":
      return decodeWait("busy", fields);
    case "BT2/unable":
      return decodeWait("unable", fields);
    case "BT2/login":
      return decodeLogin(fields);
    case "BT2/reset":
      return decodeReset(fields);
  }
}

function decodeHello(fields: readonly string[]): Hello | undefined {
  const end = fields.findLastIndex((field) => field !== "") + 1; // What follows is padding.
  const [user = "", ...binary] = fields.slice(0, end);
  const [ke1, token] = binary;
  if (credentialFault(user) || binary.length > 2 || !binary.every((field) => isBase64Url(field))) {
    return undefined;
  }
  return ke1 === undefined ? undefined : { kind: "hello", user, ke1, token };
}

function decodeRetry([echo, token, ...rest]: readonly string[]): Retry | undefined {
  if (rest.length > 0 || !isBase64Url(echo, ECHO_BYTES) || !isBase64Url(token)) {
    return undefined;
  }
  return { kind: "retry", echo, token };
}

function decodeChallenge(fields: readonly string[]): Challenge | undefined {
  const [echo, cookie, ke2, stretching, signature, ...rest] = fields;
  if (stretching !== "light" && stretching !== "strong") return undefined;
  if (rest.length > 0 || !isBase64Url(echo, ECHO_BYTES)) return undefined;
  if (!isBase64Url(cookie) || !isBase64Url(ke2) || !isBase64Url(signature, SIGNATURE_BYTES)) {
    return undefined;
  }
  return { kind: "challenge", echo, cookie, ke2, stretching, signature };
}

function decodeWait<K extends "busy" | "unable">(
  kind: K,
  [echo, seconds, signature, ...rest]: readonly string[],
): Wait & { readonly kind: K } | undefined {
  if (rest.length > 0 || !/^[1-9][0-9]?$/.test(seconds ?? "")) return undefined;
  if (!isBase64Url(echo, ECHO_BYTES) || !isBase64Url(signature, SIGNATURE_BYTES)) {
    return undefined;
  }
  return { kind, echo, seconds: Number(seconds), signature };
}

function decodeLogin([cookie, ke3, box, ...rest]: readonly string[]): Login | undefined {
  if (rest.length > 0 || !isBase64Url(cookie) || !isBase64Url(ke3) || !isBase64Url(box)) {
    return undefined;
  }
  return { kind: "login", cookie, ke3, box: fromBase64Url(box)! };
}

function decodeReset([session, value, ...rest]: readonly string[]): Reset | undefined {
  if (rest.length > 0 || !isBase64Url(session, SESSION_BYTES)) return undefined;
  return isBase64Url(value, RESET_VALUE_BYTES) ? { kind: "reset", session, value } : undefined;
}

function encodeText(kind: string, fields: readonly string[], length = 0): Uint8Array {
  const bytes = encodeUtf8(`BT2/${[kind, ...fields].join(" ")}`);
  if (bytes.length >= length) return bytes;
  const padded = new Uint8Array(length).fill(0x20);
  padded.set(bytes);
  return padded;
}
