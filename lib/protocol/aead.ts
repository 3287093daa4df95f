/**
 * Sealed boxes: authenticated encryption by ChaCha20-Poly1305 (RFC 8439), whose nonce is a number
 * that a key is never used with twice.
 *
 * @module
 */

import { createCipheriv, createDecipheriv } from "node:crypto";
import { BitTrickleError } from "../errors.ts";

/** Bytes of a key. */
export const KEY_BYTES = 32;
/** Bytes that a box is longer than what is in it. */
export const TAG_BYTES = 16;

/** Up to here a {@linkcode ShortCipher} may be quicker than the runtime's, which sets more up. */
const SHORT_BYTES = 2_048;
/** A long text is sealed in parts, so that none is allocated as a whole once more. */
const CHUNK_BYTES = 65_536;
const NONCE = new Uint8Array(12);
const CIPHER = "chacha20-poly1305";
const OPTIONS = { authTagLength: TAG_BYTES } as const;

/** The cipher of this file for texts of up to 2048 bytes, by other code. */
export interface ShortCipher {
  /** Returns the box with its tag. */
  seal(
    key: Uint8Array,
    nonce: Uint8Array,
    header: Uint8Array,
    plaintext: Uint8Array,
  ): Uint8Array;
  /** @throws if the box is not what was sealed */
  open(key: Uint8Array, nonce: Uint8Array, header: Uint8Array, box: Uint8Array): Uint8Array;
}

let shortCipher: ShortCipher | undefined;

/** Has `cipher` seal and open all short texts of this process, instead of the runtime. */
export function sealShortTextsBy(cipher: ShortCipher | undefined): void {
  shortCipher = cipher;
}

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
  if (shortCipher && plaintext.length <= SHORT_BYTES) {
    box.set(shortCipher.seal(key, nonce, header, plaintext));
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
    return shortCipher && box.length - TAG_BYTES <= SHORT_BYTES
      ? shortCipher.open(key, nonce, header, box)
      : openByRuntime(key, nonce, header, box);
  } catch {
    return undefined;
  }
}

function openByRuntime(
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
