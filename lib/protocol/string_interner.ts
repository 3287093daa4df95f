/**
 * Bytes that come again and again, made texts once.
 *
 * @module
 */

import { malformed } from "../errors.ts";
import { isPrintable } from "./escape.ts";
import { decodeUtf8 } from "./utf8.ts";

const SLOTS = 16_384;

/** Nearly all names are shorter; memory must not be what somebody sends. */
const LONGEST = 128;

/** FNV-1a. */
const HASH = { basis: 0x811c9dc5, prime: 0x01000193 };

/**
 * Printable texts of one kind. Users and files are named in one datagram after the other: a text is
 * made and checked once, and remembered until another needs its slot.
 */
export class StringInterner {
  readonly #check: (text: string) => void;
  readonly #size: number;
  /** Made at the first use: a client has several that it never uses. */
  #slots: (string | undefined)[] | undefined;

  /**
   * @param check Throws if a text is none of the kind.
   * @param slots A power of two.
   */
  constructor(check: (text: string) => void, slots: number = SLOTS) {
    this.#check = check;
    this.#size = slots;
  }

  /**
   * The text in `bytes` from `start` to before `end`.
   *
   * @throws {BitTrickleError} `malformed` if it is no UTF-8 or cannot be shown as it is
   * @throws whatever the check throws
   */
  read(bytes: Uint8Array, start: number, end: number): string {
    const slots = this.#slots ??= new Array(this.#size).fill(undefined);
    const slot = hash(bytes, start, end) & slots.length - 1;
    const known = slots[slot];
    if (known !== undefined && isWritten(known, bytes, start, end)) return known;
    const text = readText(bytes, start, end);
    this.#check(text);
    // Only ASCII has as many characters as bytes, and can be compared byte by byte.
    if (text.length === end - start && text.length <= LONGEST) slots[slot] = text;
    return text;
  }
}

/** As {@linkcode StringInterner.read}, for what should not be remembered. */
export function readText(bytes: Uint8Array, start: number, end: number): string {
  const text = decodeUtf8(bytes.subarray(start, end));
  if (!isPrintable(text)) throw malformed("unprintable character");
  return text;
}

function hash(bytes: Uint8Array, start: number, end: number): number {
  let hash = HASH.basis;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, HASH.prime);
  return hash ^ hash >>> 15;
}

function isWritten(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) !== bytes[start + i]) return false;
  }
  return true;
}
