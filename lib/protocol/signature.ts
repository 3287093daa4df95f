/**
 * Signatures of the index under what it says before a login, where nothing is sealed yet: Ed25519
 * (RFC 8032). A client that has pinned the key takes nothing else.
 *
 * @module
 */

import sodium from "libsodium-wrappers";
import { fromBase64Url, toBase64Url } from "./base64url.ts";
import { encodeUtf8 } from "./utf8.ts";

await sodium.ready;

/** Bytes of the seed that a pair of keys is made from. */
export const SIGNING_SEED_BYTES = 32;
/** Bytes of a public key. */
export const SIGNING_KEY_BYTES = 32;
/** Bytes of a signature. */
export const SIGNATURE_BYTES = 64;

/** Signs texts. */
export class Signer {
  readonly #secret: Uint8Array;
  /** Verifies what this one signs, in base64url. */
  readonly publicKey: string;

  /** @param seed {@linkcode SIGNING_SEED_BYTES} secret bytes */
  constructor(seed: Uint8Array) {
    const { publicKey, privateKey } = sodium.crypto_sign_seed_keypair(seed);
    this.#secret = privateKey;
    this.publicKey = toBase64Url(publicKey);
  }

  /** The signature of `text`, in base64url. */
  sign(text: string): string {
    const signature = sodium.crypto_sign_detached(encodeUtf8(text), this.#secret);
    return toBase64Url(signature);
  }
}

/** Whether `signature` is the one of `text` by the owner of `publicKey`; both in base64url. */
export function isSignedBy(publicKey: string, text: string, signature: string): boolean {
  try {
    const [bytes, key] = [signature, publicKey].map(fromBase64Url);
    return sodium.crypto_sign_verify_detached(bytes!, encodeUtf8(text), key!);
  } catch {
    return false; // A key or signature of a wrong length.
  }
}
