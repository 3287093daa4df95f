/**
 * Sealed texts: what a login, a welcome, a request or a reply says, in a box. A text is padded with
 * zero bytes to a multiple of {@linkcode PADDED_BYTES}, so that its length tells little:
 *
 *     0    text, no byte of which is zero
 *          zero bytes, 0 to 63
 *
 * @module
 */

import { open, seal, sealInto, TAG_BYTES } from "./aead.ts";

/** Texts are padded to a multiple of this many bytes. */
export const PADDED_BYTES = 64;

/** The length of `bytes` bytes of text once they are padded. */
export function paddedLength(bytes: number): number {
  return Math.ceil(bytes / PADDED_BYTES) * PADDED_BYTES;
}

/** The length of the box around `bytes` bytes of text. */
export function boxLength(bytes: number): number {
  return paddedLength(bytes) + TAG_BYTES;
}

/** Seals `text`, padded; for the rest see {@linkcode seal}. */
export function sealText(
  key: Uint8Array,
  number: number,
  header: Uint8Array,
  text: Uint8Array,
): Uint8Array {
  const padded = new Uint8Array(paddedLength(text.length));
  padded.set(text);
  return seal(key, number, header, padded);
}

/**
 * Seals the first `length` bytes of `buffer` into `box`, which has {@linkcode boxLength} bytes; the
 * padding is written into `buffer`.
 */
export function sealTextInto(
  box: Uint8Array,
  key: Uint8Array,
  number: number,
  header: Uint8Array,
  buffer: Uint8Array,
  length: number,
): void {
  const padded = buffer.subarray(0, paddedLength(length));
  padded.fill(0, length);
  sealInto(box, key, number, header, padded);
}

/**
 * The text in `box`, or `undefined` if it does not open, or is not padded as it has to be: one text
 * has one padding.
 */
export function openText(
  key: Uint8Array,
  number: number,
  header: Uint8Array,
  box: Uint8Array,
): Uint8Array | undefined {
  const padded = open(key, number, header, box);
  if (!padded) return undefined;
  let length = padded.length;
  while (length > 0 && padded[length - 1] === 0) length--;
  return paddedLength(length) === padded.length && length > 0
    ? padded.subarray(0, length)
    : undefined;
}
