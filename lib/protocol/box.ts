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

const CIPHER = "chacha20-poly1305";
/** A long text is sealed in parts, so that none is allocated as a whole once more. */
const CHUNK_BYTES = 65_536;
const OPTIONS = { authTagLength: TAG_BYTES } as const;

/**
 * Seals `plaintext`, and authenticates `header` with it.
 *
 * @param number The nonce: a whole number that this key has sealed nothing else with
 * @param box Where the box is written to, exactly as long as it is. @default a new array
 */
export function seal(
  key: Uint8Array,
  number: number,
  header: Uint8Array,
  plaintext: Uint8Array,
  box: Uint8Array = new Uint8Array(plaintext.length + TAG_BYTES),
): Uint8Array {
  const cipher = createCipheriv(CIPHER, key, nonceOf(number), OPTIONS);
  cipher.setAAD(header, { plaintextLength: plaintext.length });
  for (let at = 0; at < plaintext.length; at += CHUNK_BYTES) {
    box.set(cipher.update(plaintext.subarray(at, at + CHUNK_BYTES)), at);
  }
  cipher.final();
  box.set(cipher.getAuthTag(), plaintext.length);
  return box;
}

/** Opens a box, or returns `undefined` if it is not exactly what was sealed. */
export function open(
  key: Uint8Array,
  number: number,
  header: Uint8Array,
  box: Uint8Array,
): Uint8Array | undefined {
  if (box.length < TAG_BYTES) return undefined;
  const end = box.length - TAG_BYTES;
  const decipher = createDecipheriv(CIPHER, key, nonceOf(number), OPTIONS);
  decipher.setAAD(header, { plaintextLength: end });
  decipher.setAuthTag(box.subarray(end));
  try {
    const plaintext = decipher.update(box.subarray(0, end));
    decipher.final();
    return new Uint8Array(plaintext.buffer, plaintext.byteOffset, plaintext.length);
  } catch {
    return undefined;
  }
}

/**
 * Makes sure that this runtime refuses tampered boxes; some have not (CVE-2025-24015).
 *
 * @throws {BitTrickleError} `refused` if one opens
 */
export function assertBoxesHold(openBox: typeof open = open): void {
  const [key, header, text] = [new Uint8Array(KEY_BYTES), Uint8Array.of(1), Uint8Array.of(2, 3, 4)];
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
  const intact = openBox(key, 7, header, box)?.join() === text.join();
  if (!opened && intact) return;
  const advice = "it does not check what it decrypts; use a newer release";
  throw new BitTrickleError("refused", `Will not run on this version of Deno: ${advice}`);
}

function nonceOf(number: number): Uint8Array {
  const nonce = new Uint8Array(12);
  const view = new DataView(nonce.buffer);
  view.setUint32(4, Math.floor(number / 2 ** 32));
  view.setUint32(8, number >>> 0);
  return nonce;
}
