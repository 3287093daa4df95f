/**
 * A word to search for.
 *
 * @module
 */

import { encodeUtf8 } from "../../protocol/utf8.ts";
import { foldCase, FOLDED_BYTES, SAME_BYTES } from "./fold.ts";

/** A word, ready to be compared with many names. */
export interface Word {
  /** Folded if case does not matter. */
  readonly text: string;
  readonly bytes: Uint8Array;
  /** Its bytes with case folded, by which names are found that may hold it. */
  readonly folded: Uint8Array;
  readonly isAnyCase: boolean;
  /** Whether the name has to end in it. */
  readonly isEnd: boolean;
}

/** Prepares `text`. */
export function toWord(text: string, isAnyCase: boolean, isEnd = false): Word {
  const folded = foldCase(text);
  const used = isAnyCase ? folded : text;
  return { text: used, bytes: encodeUtf8(used), folded: encodeUtf8(folded), isAnyCase, isEnd };
}

/**
 * Whether `word` is in the bytes from `start` to `end`, which fold as ASCII does if its case does not
 * matter. No character of UTF-8 begins within another, so bytes tell it as well as characters.
 */
export function holds(bytes: Uint8Array, start: number, end: number, word: Word): boolean {
  const fold = word.isAnyCase ? FOLDED_BYTES : SAME_BYTES;
  const { length } = word.bytes;
  const first = word.isEnd ? Math.max(start, end - length) : start;
  const byte = word.bytes[0];
  for (let at = first; at <= end - length; at++) {
    if (fold[bytes[at]!] === byte && isAt(bytes, at, word.bytes, fold)) return true;
  }
  return length === 0;
}

/** The same for a folded text. */
export function isIn(text: string, word: Word): boolean {
  return word.isEnd ? text.endsWith(word.text) : text.includes(word.text);
}

function isAt(bytes: Uint8Array, at: number, word: Uint8Array, fold: Uint8Array): boolean {
  for (let i = 1; i < word.length; i++) {
    if (fold[bytes[at + i]!] !== word[i]) return false;
  }
  return true;
}
