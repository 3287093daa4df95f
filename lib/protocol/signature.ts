/**
 * Signatures of the index under what it says before a login, where nothing is sealed yet: Ed25519
 * (RFC 8032). A client that has pinned the key takes nothing else.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { fromBase64Url, toBase64Url } from "./base64url.ts";
import { encodeUtf8 } from "./utf8.ts";

/** Bytes of the seed that a pair of keys is made from. */
export const SIGNING_SEED_BYTES = 32;
/** Bytes of a public key. */
export const SIGNING_KEY_BYTES = 32;
/** Bytes of a signature. */
export const SIGNATURE_BYTES = 64;

/** What stands before a seed in a private key, and before a public one, in DER (RFC 8410). */
const PRIVATE_PREFIX = Uint8Array.fromHex("302e020100300506032b657004220420");
const PUBLIC_PREFIX = Uint8Array.fromHex("302a300506032b6570032100");

/** Signs texts. */
export class Signer {
  readonly #secret: KeyObject;
  /** Verifies what this one signs, in base64url. */
  readonly publicKey: string;

  /** @param seed {@linkcode SIGNING_SEED_BYTES} secret bytes */
  constructor(seed: Uint8Array) {
    const key = Buffer.concat([PRIVATE_PREFIX, seed]);
    this.#secret = createPrivateKey({ key, format: "der", type: "pkcs8" });
    const published = createPublicKey(this.#secret).export({ format: "der", type: "spki" });
    this.publicKey = toBase64Url(published.subarray(PUBLIC_PREFIX.length));
  }

  /** The signature of `text`, in base64url. */
  sign(text: string): string {
    return toBase64Url(sign(null, encodeUtf8(text), this.#secret));
  }
}

/** Whether `signature` is the one of `text` by the owner of `publicKey`; both in base64url. */
export function isSignedBy(publicKey: string, text: string, signature: string): boolean {
  const [bytes, raw] = [signature, publicKey].map(fromBase64Url);
  if (bytes?.length !== SIGNATURE_BYTES || raw?.length !== SIGNING_KEY_BYTES) return false;
  try {
    const key = Buffer.concat([PUBLIC_PREFIX, raw]);
    const owner = createPublicKey({ key, format: "der", type: "spki" });
    return verify(null, encodeUtf8(text), owner, bytes);
  } catch {
    return false; // Not every text of this length is a key.
  }
}
