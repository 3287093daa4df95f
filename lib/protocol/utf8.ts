/**
 * Text on the wire: UTF-8, strictly.
 *
 * @module
 */

import { malformed } from "../errors.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The bytes of `text`. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/**
 * The text in `bytes`.
 *
 * @throws {BitTrickleError} `malformed`
 */
export function decodeUtf8(bytes: Uint8Array): string {
  // Most messages are short and ASCII, which needs no decoder.
  if (bytes.length < 256 && bytes.every(isAscii)) return String.fromCharCode(...bytes);
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw malformed("not UTF-8", cause);
  }
}

function isAscii(byte: number): boolean {
  return byte < 0x80;
}

/** Bytes of `text` in UTF-8, without encoding it. `text` holds no lone surrogate. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (unit >= 0xd800 && unit <= 0xdbff) (bytes += 4, i++);
    else bytes += 3;
  }
  return bytes;
}
