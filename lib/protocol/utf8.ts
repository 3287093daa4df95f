/**
 * Text on the wire: UTF-8, strictly.
 *
 * @module
 */

import { malformed } from "../errors.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Below this many bytes a loop is quicker than a call into the runtime. */
const SHORT = 256;

/** The bytes of `text`. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  // Most messages are short and ASCII, which needs no encoder.
  if (text.length >= SHORT) return encoder.encode(text);
  const bytes = new Uint8Array(text.length);
  return putAscii(text, bytes, 0) ? bytes : encoder.encode(text);
}

/**
 * The bytes of `texts`, one after the other, at the beginning of `buffer` if they fit: a new
 * array costs more than all that is written into it, and joining short texts as much.
 */
export function encodeUtf8Into(buffer: Uint8Array, ...texts: readonly string[]): Uint8Array {
  let end = 0;
  for (const text of texts) {
    if (text.length >= SHORT || !putAscii(text, buffer, end)) {
      return encodeAny(buffer, texts.join(""));
    }
    end += text.length;
  }
  return buffer.subarray(0, end);
}

/**
 * Writes the bytes of `text` into `buffer` from `at` on, where there is room for three for each of its UTF-16
 * units. Returns where they end.
 */
export function writeUtf8(text: string, buffer: Uint8Array, at: number): number {
  if (text.length < SHORT && putAscii(text, buffer, at)) return at + text.length;
  return at + encoder.encodeInto(text, buffer.subarray(at)).written;
}

function encodeAny(buffer: Uint8Array, text: string): Uint8Array {
  const { read, written } = encoder.encodeInto(text, buffer);
  return read === text.length ? buffer.subarray(0, written) : encoder.encode(text);
}

/**
 * Writes `text` into `buffer` from `at` on, unless it holds anything but the ASCII characters from
 * `lowest` to `highest` or does not fit. Returns whether it did.
 */
export function putAscii(
  text: string,
  buffer: Uint8Array,
  at: number,
  lowest = 0x00,
  highest = 0x7f,
): boolean {
  if (at + text.length > buffer.length) return false;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < lowest || unit > highest) return false;
    buffer[at + i] = unit;
  }
  return true;
}

/**
 * The text in `bytes`.
 *
 * @throws {BitTrickleError} `malformed`
 */
export function decodeUtf8(bytes: Uint8Array): string {
  if (bytes.length < SHORT && isAscii(bytes)) {
    // Spreading the bytes instead takes eight times as long.
    return String.fromCharCode.apply(null, bytes as unknown as number[]);
  }
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw malformed("not UTF-8", cause);
  }
}

function isAscii(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i]! >= 0x80) return false;
  }
  return true;
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

/** The longest beginning of `text` that has at most `most` bytes in UTF-8, in whole characters. */
export function beginningOf(text: string, most: number): string {
  if (text.length * 3 <= most) return text;
  let [end, bytes] = [0, 0];
  for (const character of text) {
    bytes += utf8Length(character);
    if (bytes > most) break;
    end += character.length;
  }
  return text.slice(0, end);
}
