/**
 * Sealed boxes by libsodium: short ones three times as fast as the runtime makes them, and such as
 * the runtime cannot make. For an index, of which many ask; to load it would delay the start of a
 * client, which seals few.
 *
 * @module
 */

import sodium from "libsodium-wrappers";
import { type ShortCipher, TAG_BYTES } from "./aead.ts";

await sodium.ready;

/** Bytes of a nonce that is drawn at random, and long enough for that. */
const RANDOM_NONCE_BYTES = 24;

/** The cipher of `aead.ts`. */
export const SODIUM: ShortCipher = {
  seal: (key, nonce, header, plaintext) => {
    return sodium.crypto_aead_chacha20poly1305_ietf_encrypt(plaintext, header, null, nonce, key);
  },
  open: (key, nonce, header, box) => {
    return sodium.crypto_aead_chacha20poly1305_ietf_decrypt(null, box, header, nonce, key);
  },
};

/**
 * Seals `plaintext` under a random nonce, by XChaCha20-Poly1305: for keys that no counter goes with,
 * as several processes may have them.
 *
 * @returns the nonce of 24 bytes and the box
 */
export function sealAtRandom(
  key: Uint8Array,
  header: Uint8Array,
  plaintext: Uint8Array,
): Uint8Array {
  // That of libsodium asks the runtime once for every four bytes.
  const nonce = crypto.getRandomValues(new Uint8Array(RANDOM_NONCE_BYTES));
  const box = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(
    plaintext,
    header,
    null,
    nonce,
    key,
  );
  const bytes = new Uint8Array(nonce.length + box.length);
  bytes.set(nonce);
  bytes.set(box, nonce.length);
  return bytes;
}

/** A MAC of `length` bytes by keyed BLAKE2b (RFC 7693): five times as fast as the runtime's HMAC. */
export function macOf(key: Uint8Array, message: Uint8Array, length: number): Uint8Array {
  return sodium.crypto_generichash(length, message, key);
}

/** Opens what {@linkcode sealAtRandom} made, or returns `undefined` if it is not exactly that. */
export function openAtRandom(
  key: Uint8Array,
  header: Uint8Array,
  bytes: Uint8Array,
): Uint8Array | undefined {
  const nonce = bytes.subarray(0, RANDOM_NONCE_BYTES);
  const box = bytes.subarray(RANDOM_NONCE_BYTES);
  if (box.length < TAG_BYTES) return undefined;
  try {
    return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(null, box, header, nonce, key);
  } catch {
    return undefined;
  }
}
