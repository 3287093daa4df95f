/**
 * Datagrams of protocol 2: what goes over the wire around the sealed boxes. All but messages are
 * UTF-8 text, with single spaces between fields:
 *
 *     client -> index   BT2/hello <user> <ke1> [token]    and spaces, to 1200 bytes
 *     index -> client   BT2/retry <token>
 *     index -> client   BT2/challenge <cookie> <ke2> <light or strong>
 *     index -> client   BT2/busy <seconds>
 *     client -> index   BT2/login <cookie> <ke3> <box>
 *     index -> client   BT2/reset <session>
 *
 * A message, client -> index and index -> client:
 *
 *      0   5  BT2/m
 *      5   8  session
 *     13   8  number, u64 big-endian
 *     21      box, to the end; it authenticates the 21 bytes before it
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { malformed } from "../errors.ts";
import { TAG_BYTES } from "./aead.ts";
import { DATAGRAM_BYTES } from "./limits.ts";
import { credentialFault } from "./names.ts";
import { SESSION_BYTES } from "./session_keys.ts";
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";

/** How a password is stretched: little where the index knows it in clear anyway. */
export type Stretching = "light" | "strong";

/** A datagram of protocol 2. Binary fields are base64url but for boxes. */
export type SealedDatagram =
  | {
    readonly kind: "hello";
    readonly user: string;
    readonly ke1: string;
    readonly token: string | undefined;
  }
  | { readonly kind: "retry"; readonly token: string }
  | {
    readonly kind: "challenge";
    readonly cookie: string;
    readonly ke2: string;
    readonly stretching: Stretching;
  }
  | { readonly kind: "busy"; readonly seconds: number }
  | {
    readonly kind: "login";
    readonly cookie: string;
    readonly ke3: string;
    readonly box: Uint8Array;
  }
  | {
    readonly kind: "message";
    readonly session: string;
    readonly number: number;
    readonly box: Uint8Array;
  }
  | { readonly kind: "reset"; readonly session: string };

const MESSAGE_PREFIX = encodeUtf8("BT2/m");
/** Bytes before the box of a message. */
export const HEADER_BYTES = MESSAGE_PREFIX.length + SESSION_BYTES + 8;
/** Longest text that a message carries. */
export const TEXT_BYTES = DATAGRAM_BYTES - HEADER_BYTES - TAG_BYTES;

const BASE64URL_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const BASE64URL = /^[A-Za-z0-9_-]+$/;

/** Whether `datagram` belongs to protocol 2. No request of protocol 1 begins like that. */
export function isSealed(datagram: Uint8Array): boolean {
  // Spelled out, as this is asked of every datagram: "BT2/".
  return datagram[0] === 0x42 && datagram[1] === 0x54 && datagram[2] === 0x32 &&
    datagram[3] === 0x2f;
}

/** The header of a message, which its box authenticates. */
export function messageHeader(session: string, number: number): Uint8Array {
  const header = new Uint8Array(HEADER_BYTES);
  header.set(MESSAGE_PREFIX);
  header.set(Buffer.from(session, "base64url"), MESSAGE_PREFIX.length);
  new DataView(header.buffer).setBigUint64(HEADER_BYTES - 8, BigInt(number));
  return header;
}

/** The message that `header` and `box` make up. */
function joinMessage(header: Uint8Array, box: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(header.length + box.length);
  bytes.set(header);
  bytes.set(box, header.length);
  return bytes;
}

/** The bytes of `datagram`. A hello is padded, so that no answer to it is longer. */
export function encodeSealedDatagram(datagram: SealedDatagram): Uint8Array {
  switch (datagram.kind) {
    case "hello": {
      const { user, ke1, token } = datagram;
      return encodeText(["hello", user, ke1, ...token ? [token] : []], DATAGRAM_BYTES);
    }
    case "retry":
      return encodeText(["retry", datagram.token]);
    case "challenge":
      return encodeText(["challenge", datagram.cookie, datagram.ke2, datagram.stretching]);
    case "busy":
      return encodeText(["busy", String(datagram.seconds)]);
    case "login": {
      const box = Buffer.from(datagram.box).toString("base64url");
      return encodeText(["login", datagram.cookie, datagram.ke3, box]);
    }
    case "message":
      return joinMessage(messageHeader(datagram.session, datagram.number), datagram.box);
    case "reset":
      return encodeText(["reset", datagram.session]);
  }
}

/**
 * The datagram in `bytes`. Nothing in it is proven yet.
 *
 * @throws {BitTrickleError} `malformed`
 */
export function decodeSealedDatagram(bytes: Uint8Array): SealedDatagram {
  if (bytes.length > DATAGRAM_BYTES) throw malformed("message too long");
  if (isSealed(bytes) && bytes[4] === 0x6d) return decodeMessage(bytes);
  const [kind, ...fields] = decodeUtf8(bytes).split(" ");
  switch (kind) {
    case "BT2/hello":
      if (bytes.length === DATAGRAM_BYTES) return decodeHello(fields);
      break;
    case "BT2/retry":
      if (areBase64(fields, 1)) return { kind: "retry", token: fields[0]! };
      break;
    case "BT2/challenge":
      return decodeChallenge(fields);
    case "BT2/busy":
      if (/^[1-9][0-9]?$/.test(fields.join(" "))) return { kind: "busy", seconds: +fields[0]! };
      break;
    case "BT2/login":
      return decodeLogin(fields);
    case "BT2/reset":
      if (areBase64(fields, 1)) return { kind: "reset", session: fields[0]! };
  }
  throw malformed("not a message of protocol 2");
}

function decodeMessage(bytes: Uint8Array): SealedDatagram {
  if (bytes.length < HEADER_BYTES + TAG_BYTES) throw malformed("message too short");
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const number = view.getUint32(HEADER_BYTES - 8) * 2 ** 32 + view.getUint32(HEADER_BYTES - 4);
  if (number > Number.MAX_SAFE_INTEGER) throw malformed("number too large");
  const session = toBase64Url(bytes.subarray(MESSAGE_PREFIX.length, HEADER_BYTES - 8));
  return { kind: "message", session, number, box: bytes.subarray(HEADER_BYTES) };
}

/** Every message needs this, and for eight bytes a Buffer costs ten times as much. */
function toBase64Url(bytes: Uint8Array): string {
  let text = "";
  for (let bit = 0; bit < bytes.length * 8; bit += 6) {
    const pair = (bytes[bit >> 3]! << 8) | (bytes[(bit >> 3) + 1] ?? 0);
    text += BASE64URL_DIGITS[(pair >> (10 - (bit & 7))) & 63];
  }
  return text;
}

function decodeHello(fields: readonly string[]): SealedDatagram {
  const [user = "", ke1, token, ...rest] = fields.join(" ").trimEnd().split(" ");
  const binary = [ke1 ?? "", ...token === undefined ? [] : [token]];
  if (credentialFault(user) || rest.length > 0 || !areBase64(binary, binary.length)) {
    throw malformed("bad hello");
  }
  return { kind: "hello", user, ke1: ke1!, token };
}

function decodeChallenge([cookie, ke2, stretching, ...rest]: readonly string[]): SealedDatagram {
  const isKnown = stretching === "light" || stretching === "strong";
  if (!isKnown || rest.length > 0 || !areBase64([cookie ?? "", ke2 ?? ""], 2)) {
    throw malformed("bad challenge");
  }
  return { kind: "challenge", cookie: cookie!, ke2: ke2!, stretching };
}

function decodeLogin(fields: readonly string[]): SealedDatagram {
  if (!areBase64(fields, 3)) throw malformed("bad login");
  const [cookie, ke3, box] = fields as [string, string, string];
  return { kind: "login", cookie, ke3, box: new Uint8Array(Buffer.from(box, "base64url")) };
}

function areBase64(fields: readonly string[], count: number): boolean {
  return fields.length === count && fields.every(isBase64);
}

/** One value has one spelling: with spare bits set, a used cookie would look like another one. */
function isBase64(field: string): boolean {
  return BASE64URL.test(field) && Buffer.from(field, "base64url").toString("base64url") === field;
}

function encodeText(fields: readonly string[], length = 0): Uint8Array {
  const bytes = encodeUtf8(`BT2/${fields.join(" ")}`);
  if (bytes.length >= length) return bytes;
  const padded = new Uint8Array(length).fill(0x20);
  padded.set(bytes);
  return padded;
}
