/**
 * What three letters in a row are looked up by.
 *
 * @module
 */

import { foldCase } from "./fold.ts";

/** Letters of a gram. */
export const GRAM = 3;
/** Bits of a letter: many letters share a code, which only costs looking at names in vain. */
const CODE_BITS = 6;
/** How many keys there are. */
export const GRAM_KEYS = 1 << (GRAM * CODE_BITS);
const MASK = GRAM_KEYS - 1;

/** Have codes of their own; that of no letter at all, which stands after the end, is 0. */
const FREQUENT = "abcdefghijklmnopqrstuvwxyz0123456789 .-_/";
const OTHERS = (1 << CODE_BITS) - 1 - FREQUENT.length;

/** The code of each UTF-16 unit; capital letters of ASCII have those of the small ones. */
const CODES = Uint8Array.from({ length: 1 << 16 }, (_, unit) => {
  const isCapital = unit >= 0x41 && unit <= 0x5a;
  const known = FREQUENT.indexOf(String.fromCharCode(isCapital ? unit | 0x20 : unit));
  return 1 + (known >= 0 ? known : FREQUENT.length + unit % OTHERS);
});

/** Reads the keys of one text after the other into the same memory. */
export class GramReader {
  keys: Uint32Array = new Uint32Array(1_024);

  /**
   * Reads the keys of `text`, one for each letter: of it and of the two after it, which may be beyond
   * the end. Returns how many there are.
   */
  read(text: string): number {
    return this.#read(text) ?? this.#read(foldCase(text), true)!;
  }

  /** Gives up at a letter whose case ASCII does not know, unless `isFolded`. */
  #read(text: string, isFolded = false): number | undefined {
    const { length } = text;
    if (length > this.keys.length) this.keys = new Uint32Array(2 * length);
    let key = 0;
    for (let i = 0; i < length + GRAM - 1; i++) {
      const unit = i < length ? text.charCodeAt(i) : -1;
      if (unit > 0x7f && !isFolded) return undefined;
      key = (key << CODE_BITS | (unit < 0 ? 0 : CODES[unit]!)) & MASK;
      if (i >= GRAM - 1) this.keys[i - GRAM + 1] = key;
    }
    return length;
  }
}

/** The keys of all grams that lie within `word`, and after its end if no letter may follow. */
export function keysWithin(word: string, isEnd: boolean): Uint32Array {
  const reader = new GramReader();
  const count = reader.read(word) - (isEnd ? 0 : GRAM - 1);
  return reader.keys.slice(0, Math.max(0, count));
}

/** The keys of the grams that begin with `word`, one or two letters: from the first to the last. */
export function keysBeginning(word: string): { first: number; last: number } {
  const reader = new GramReader();
  reader.read(word);
  const first = reader.keys[0]!;
  return { first, last: first | (1 << (GRAM - word.length) * CODE_BITS) - 1 };
}
