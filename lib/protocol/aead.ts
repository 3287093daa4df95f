/**
 * Sealed boxes: authenticated encryption by ChaCha20-Poly1305 (RFC 8439), whose nonce is a number
 * that a key is never used with twice.
 *
 * @module
 */

import sodium from "libsodium-wrappers";
import { createCipheriv, createDecipheriv } from "node:crypto";
import { BitTrickleError } from "../errors.ts";

await sodium.ready;

/** Bytes of a key. */
export const KEY_BYTES = 32;
/** Bytes that a box is longer than what is in it. */
export const TAG_BYTES = 16;

/** Bytes of a nonce that is drawn at random, and long enough for that. */
const RANDOM_NONCE_BYTES = 24;

/** Up to here libsodium is quicker, which sets nothing up; beyond, the runtime's own code is. */
const SHORT_BYTES = 2_048;
/** A long text is sealed in parts, so that none is allocated as a whole once more. */
const CHUNK_BYTES = 65_536;
const NONCE = new Uint8Array(12);
const CIPHER = "chacha20-poly1305";
const OPTIONS = { authTagLength: TAG_BYTES } as const;

/**
 * Seals `plaintext`, and authenticates `header` with it.
 *
 * @param number The nonce: a whole number that this key has sealed nothing else with
 */
export function seal(
  key: Uint8Array,
  number: number,
  header: Uint8Array,
  plaintext: Uint8Array,
): Uint8Array {
  const box = new Uint8Array(plaintext.length + TAG_BYTES);
  sealInto(box, key, number, header, plaintext);
  return box;
}

/** Seals into `box`, which is exactly as long as it has to be; else as {@linkcode seal}. */
export function sealInto(
  box: Uint8Array,
  key: Uint8Array,
  number: number,
  header: Uint8Array,
  plaintext: Uint8Array,
): void {
  const nonce = nonceOf(number);
  if (plaintext.length <= SHORT_BYTES) {
    box.set(sodium.crypto_aead_chacha20poly1305_ietf_encrypt(plaintext, header, null, nonce, key));
    return;
  }
  const cipher = createCipheriv(CIPHER, key, nonce, OPTIONS);
  cipher.setAAD(header, { plaintextLength: plaintext.length });
  for (let at = 0; at < plaintext.length; at += CHUNK_BYTES) {
    box.set(cipher.update(plaintext.subarray(at, at + CHUNK_BYTES)), at);
  }
  cipher.final();
  box.set(cipher.getAuthTag(), plaintext.length);
}

/** Opens a box, or returns `undefined` if it is not exactly what was sealed. */
export function open(
  key: Uint8Array,
  number: number,
  header: Uint8Array,
  box: Uint8Array,
): Uint8Array | undefined {
  if (box.length < TAG_BYTES) return undefined;
  const nonce = nonceOf(number);
  try {
    return box.length - TAG_BYTES <= SHORT_BYTES
      ? sodium.crypto_aead_chacha20poly1305_ietf_decrypt(null, box, header, nonce, key)
      : openLong(key, nonce, header, box);
  } catch {
    return undefined;
  }
}

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
  const nonce = sodium.randombytes_buf(RANDOM_NONCE_BYTES);
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

function openLong(
  key: Uint8Array,
  nonce: Uint8Array,
  header: Uint8Array,
  box: Uint8Array,
): Uint8Array {
  const end = box.length - TAG_BYTES;
  const decipher = createDecipheriv(CIPHER, key, nonce, OPTIONS);
  decipher.setAAD(header, { plaintextLength: end });
  decipher.setAuthTag(box.subarray(end));
  const plaintext = decipher.update(box.subarray(0, end));
  decipher.final();
  return new Uint8Array(plaintext.buffer, plaintext.byteOffset, plaintext.length);
}

/**
 * Makes sure that this runtime refuses tampered boxes; some have not (CVE-2025-24015).
 *
 * @throws {BitTrickleError} `refused` if one opens
 */
export function assertAeadWorks(openBox: typeof open = open): void {
  const texts = [Uint8Array.of(2, 3, 4), new Uint8Array(SHORT_BYTES + 1).fill(5)];
  if (texts.every((text) => holds(text, openBox))) return;
  const advice = "it does not check what it decrypts; use a newer release";
  throw new BitTrickleError("refused", `Will not run on this version of Deno: ${advice}`);
}

/** Whether a box with `text` opens as it was sealed, and in no other way. */
function holds(text: Uint8Array, openBox: typeof open): boolean {
  const [key, header] = [new Uint8Array(KEY_BYTES), Uint8Array.of(1)];
  const box = seal(key, 7, header, text);
  const bad: [number: number, header: Uint8Array, box: Uint8Array][] = [
    [7, header, box.with(0, box[0]! ^ 1)], // tampered
    [7, header, box.with(box.length - 1, box.at(-1)! ^ 1)], // tampered tag
    [7, header, box.subarray(1)], // cut
    [7, header, box.subarray(0, text.length)], // without its tag
    [7, header, new Uint8Array()],
    [8, header, box], // of another number
    [7, Uint8Array.of(9), box], // under another header
  ];
  const opened = bad.some(([number, head, it]) => openBox(key, number, head, it) !== undefined);
  return !opened && openBox(key, 7, header, box)?.join() === text.join();
}

/** Good until the next call: both ciphers copy it, and a new array costs as much as a short box. */
function nonceOf(number: number): Uint8Array {
  let rest = number;
  for (let i = NONCE.length - 1; i >= 0; i--) {
    NONCE[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return NONCE;
}
