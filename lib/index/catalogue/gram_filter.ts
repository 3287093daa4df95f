/**
 * Which names of a few cannot match: a Bloom filter of the grams of each.
 *
 * @module
 */

import { GramReader, keysWithin } from "./gram_keys.ts";
import type { Terms } from "./terms.ts";

/** Bits for each letter of a name: of seven grams that a name does not hold, one seems to be there. */
const BITS_A_LETTER = 8;
const WORD_BITS = 32;
/** Fibonacci hashing; the highest bits are the most mixed. */
const FACTOR = 0x9e37_79b1;
const SHIFT = 12;

const reader = new GramReader();

/** The grams of one name, as bits. */
export class GramFilter {
  readonly #words: Uint32Array;

  constructor(name: string) {
    const letters = reader.read(name);
    let words = 1;
    while (words * WORD_BITS < letters * BITS_A_LETTER) words *= 2;
    this.#words = new Uint32Array(words);
    for (let i = 0; i < letters; i++) {
      const bit = bitOf(reader.keys[i]!);
      this.#words[bit / WORD_BITS & words - 1]! |= 1 << bit % WORD_BITS;
    }
  }

  /** Whether the name may hold all grams of `keys`; it surely does not if this is false. */
  mayHold(keys: readonly number[]): boolean {
    const words = this.#words;
    for (let i = 0; i < keys.length; i++) {
      const bit = bitOf(keys[i]!);
      if ((words[bit / WORD_BITS & words.length - 1]! & 1 << bit % WORD_BITS) === 0) return false;
    }
    return true;
  }
}

/** The grams that a name has to hold if it is to match. */
export class WantedGrams {
  readonly #ofWords: readonly number[];
  readonly #ofEnds: readonly (readonly number[])[];

  constructor({ folded, ends }: Terms) {
    this.#ofWords = [...new Set(folded.flatMap((word) => [...keysWithin(word, false)]))];
    this.#ofEnds = ends.map((end) => [...keysWithin(end, true)]);
  }

  /** Whether a name with the grams of `filter` may match. */
  mayBeIn(filter: GramFilter): boolean {
    if (!filter.mayHold(this.#ofWords)) return false;
    return this.#ofEnds.length === 0 || this.#ofEnds.some((keys) => filter.mayHold(keys));
  }
}

function bitOf(key: number): number {
  return Math.imul(key, FACTOR) >>> SHIFT;
}
