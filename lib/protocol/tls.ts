/**
 * What TLS needs to know of the index's certificates: of how peers are named in them, and by which
 * protocol they talk.
 *
 * A client has one key of P-256 while it runs. Its certificate is for the one name that follows from
 * that key, in a domain that nobody can own (RFC 2606), so that no public authority signs it:
 *
 *     <first 32 hexadecimal digits of SHA-256 over the public key>.bittrickle.invalid
 *
 * A public key travels as its SubjectPublicKeyInfo in DER (RFC 5480), 91 bytes, in base64url.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { fromBase64Url } from "./base64url.ts";

/** The protocol that both sides insist on (ALPN, RFC 7301). */
export const TLS_PROTOCOL = "bittrickle/2";

/** All names of peers are below this one. */
export const TLS_DOMAIN = "bittrickle.invalid";

/** What comes before the point of a key of P-256 that is not compressed, and its first byte. */
const PUBLIC_KEY_HEADER = Uint8Array.fromHex(
  "3059301306072a8648ce3d020106082a8648ce3d03010703420004",
);
const PUBLIC_KEY_BYTES = PUBLIC_KEY_HEADER.length + 64;

/** First label of a peer's name, which stands for the whole. */
const LABEL = /^[0-9a-f]{32}$/;
const LABEL_DIGITS = 32;

/** Whether `text` is written like a public key; whether its point is on the curve is not checked. */
export function isPublicKey(text: string): boolean {
  const bytes = text.length <= 2 * PUBLIC_KEY_BYTES ? fromBase64Url(text) : undefined;
  return bytes?.length === PUBLIC_KEY_BYTES &&
    PUBLIC_KEY_HEADER.every((byte, i) => byte === bytes[i]);
}

/** The label of the peer that has the public key `spki`, which is in base64url. */
export function labelOf(spki: string): string {
  return createHash("sha256").update(fromBase64Url(spki)!).digest("hex").slice(0, LABEL_DIGITS);
}

/** Whether `text` is written like the label of a peer. */
export function isLabel(text: string): boolean {
  return LABEL.test(text);
}

/** The name of the peer with this label, as its certificate tells it. */
export function tlsNameOf(label: string): string {
  return `${label}.${TLS_DOMAIN}`;
}
