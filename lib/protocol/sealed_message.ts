/**
 * The binary datagrams of protocol 2, which begin with a header in clear that the box authenticates.
 *
 * A message, client -> index and index -> client:
 *
 *      0   5  BT2/m
 *      5   8  session
 *     13   8  number, u64 big-endian, at least 1
 *     21      box, to the end
 *
 * A welcome, index -> client, in answer to a login; number 0 of its session:
 *
 *      0   5  BT2/w
 *      5  16  salt
 *     21   8  session
 *     29      box, to the end
 *
 * @module
 */

import { malformed } from "../errors.ts";
import { TAG_BYTES } from "./aead.ts";
import { fromBase64Url, toBase64Url } from "./base64url.ts";
import { DATAGRAM_BYTES } from "./limits.ts";
import { PADDED_BYTES } from "./sealed_text.ts";
import { encodeUtf8 } from "./utf8.ts";

/** A message of a session. */
export interface SealedMessage {
  readonly kind: "message";
  /** In base64url. */
  readonly session: string;
  readonly number: number;
  readonly box: Uint8Array;
}

/** What the index answers to a login. */
export interface SealedWelcome {
  readonly kind: "welcome";
  readonly salt: Uint8Array;
  /** In base64url. */
  readonly session: string;
  readonly box: Uint8Array;
}

/** Bytes of a session's name. */
export const SESSION_BYTES = 8;
/** Bytes of the salt of a session's keys. */
export const SALT_BYTES = 16;

const NUMBER_BYTES = 8;
const MESSAGE_PREFIX = encodeUtf8("BT2/m");
const WELCOME_PREFIX = encodeUtf8("BT2/w");
const PREFIX_BYTES = MESSAGE_PREFIX.length;
/** Bytes before the box of a message. */
export const HEADER_BYTES = PREFIX_BYTES + SESSION_BYTES + NUMBER_BYTES;
/** Bytes before the box of a welcome. */
export const WELCOME_HEADER_BYTES = PREFIX_BYTES + SALT_BYTES + SESSION_BYTES;
/** Longest text that a message carries: as many whole steps of padding as fit. */
export const TEXT_BYTES = Math.floor((DATAGRAM_BYTES - HEADER_BYTES - TAG_BYTES) / PADDED_BYTES) *
  PADDED_BYTES;

/** The header of a message, which its box authenticates. */
export function messageHeader(session: string, number: number): Uint8Array {
  const header = new Uint8Array(HEADER_BYTES);
  header.set(MESSAGE_PREFIX);
  header.set(fromBase64Url(session)!, PREFIX_BYTES);
  new DataView(header.buffer).setBigUint64(HEADER_BYTES - NUMBER_BYTES, BigInt(number));
  return header;
}

/** The header of a welcome, which its box authenticates. */
export function welcomeHeader(salt: Uint8Array, session: string): Uint8Array {
  const header = new Uint8Array(WELCOME_HEADER_BYTES);
  header.set(WELCOME_PREFIX);
  header.set(salt, PREFIX_BYTES);
  header.set(fromBase64Url(session)!, PREFIX_BYTES + SALT_BYTES);
  return header;
}

/** The bytes of `datagram`. */
export function encodeBinary(datagram: SealedMessage | SealedWelcome): Uint8Array {
  const header = datagram.kind === "message"
    ? messageHeader(datagram.session, datagram.number)
    : welcomeHeader(datagram.salt, datagram.session);
  const bytes = new Uint8Array(header.length + datagram.box.length);
  bytes.set(header);
  bytes.set(datagram.box, header.length);
  return bytes;
}

/**
 * The message or welcome in `bytes`, which begin with `BT2/`, or nothing if it is neither.
 *
 * @throws {BitTrickleError} `malformed`
 */
export function decodeBinary(bytes: Uint8Array): SealedMessage | SealedWelcome | undefined {
  switch (bytes[PREFIX_BYTES - 1]) {
    case 0x6d: // m
      return decodeMessage(bytes);
    case 0x77: // w
      return decodeWelcome(bytes);
  }
}

function decodeMessage(bytes: Uint8Array): SealedMessage {
  if (bytes.length < HEADER_BYTES + TAG_BYTES) throw malformed("message too short");
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const number = view.getUint32(HEADER_BYTES - 8) * 2 ** 32 + view.getUint32(HEADER_BYTES - 4);
  // Number 0 is the welcome's: a reply under it would be a second text under one nonce.
  if (number === 0 || number > Number.MAX_SAFE_INTEGER) throw malformed("bad number");
  const session = toBase64Url(bytes.subarray(PREFIX_BYTES, PREFIX_BYTES + SESSION_BYTES));
  return { kind: "message", session, number, box: bytes.subarray(HEADER_BYTES) };
}

function decodeWelcome(bytes: Uint8Array): SealedWelcome {
  if (bytes.length < WELCOME_HEADER_BYTES + TAG_BYTES) throw malformed("welcome too short");
  const salt = bytes.slice(PREFIX_BYTES, PREFIX_BYTES + SALT_BYTES);
  const session = toBase64Url(bytes.subarray(PREFIX_BYTES + SALT_BYTES, WELCOME_HEADER_BYTES));
  return { kind: "welcome", salt, session, box: bytes.subarray(WELCOME_HEADER_BYTES) };
}
