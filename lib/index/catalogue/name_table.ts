/**
 * The names that are published, by number and in their order.
 *
 * @module
 */

import { decodeUtf8, encodeUtf8 } from "../../protocol/utf8.ts";
import { Arena, startOf } from "./arena.ts";
import { Column } from "./column.ts";
import { foldAscii, foldCase, FOLDED_BYTES } from "./fold.ts";
import { GramIndex } from "./gram_index.ts";
import type { NameSet } from "./name_set.ts";
import { BLOCK, type Block, type Position, SortedBlocks } from "./sorted_blocks.ts";
import { holds, isIn, type Word } from "./word.ts";

/** What stands before the bytes of a name, in numbers of 32 bits, to come from memory with them. */
const FIRST = 0;
const PLACE = 1;
/** Twice the length in bytes, and one more if its case folds as that of ASCII does. */
const LENGTH = 2;
const HEADER_BYTES = 12;

/**
 * All names, each with a number as long as it is there, its address, and a place: the number of its
 * block in the order and its own within that. Names that stand together have places that do, and so it shows at
 * once in which blocks those are that may match.
 */
export class NameTable {
  readonly #arena = new Arena();
  readonly #nameAt = new Column();
  readonly #grams = new GramIndex();
  readonly #sorted = new SortedBlocks((place, block) => this.#move(place, block));

  /** The number of the name `text`, if it is there. */
  find(text: Uint8Array): number | undefined {
    const place = this.#sorted.at(this.#seek(text));
    const name = place === undefined ? undefined : this.#nameAt.get(place);
    return name !== undefined && this.compare(name, text) === 0 ? name : undefined;
  }

  /** Takes in a name that is not there yet, `text` or `bytes`. */
  add(text: string, bytes: Uint8Array): number {
    const name = this.#arena.take(HEADER_BYTES + bytes.length);
    this.#arena.bytesAt(name).set(bytes, startOf(name) + HEADER_BYTES);
    const isAscii = foldAscii(text) === foldCase(text);
    this.#set(name, LENGTH, bytes.length << 1 | Number(isAscii));
    this.#sorted.insert(this.#seek(bytes), (block) => this.#settle(name, block));
    this.#grams.add(this.placeOf(name), this.#foldedOf(name));
    return name;
  }

  /** Forgets `name`. */
  remove(name: number): void {
    this.#grams.remove(this.placeOf(name), this.#foldedOf(name));
    this.#sorted.remove(this.#seek(this.bytesOf(name)));
    this.#arena.give(name, HEADER_BYTES + this.#lengthOf(name));
  }

  /** The place of `name`, until another name is taken in or removed. */
  placeOf(name: number): number {
    return this.#get(name, PLACE);
  }

  /** The places of the names that may match, as {@linkcode GramIndex.candidates} has them. */
  candidates(words: readonly Word[], ends: readonly Word[]): NameSet | undefined {
    return this.#grams.candidates(words, ends);
  }

  /** The first publication of `name`. */
  firstOf(name: number): number {
    return this.#get(name, FIRST);
  }

  /** Says which publication of `name` is the first one. */
  setFirst(name: number, publication: number): void {
    this.#set(name, FIRST, publication);
  }

  /** `name` as text. */
  textOf(name: number): string {
    return decodeUtf8(this.bytesOf(name));
  }

  /** `name` in UTF-8. */
  bytesOf(name: number): Uint8Array {
    const start = startOf(name) + HEADER_BYTES;
    return this.#arena.bytesAt(name).subarray(start, start + this.#lengthOf(name));
  }

  /** The names in their order from the first one after `after`, if given only those at `places`. */
  *inOrder(after: string, places?: NameSet): Generator<number> {
    const { blocks, order } = this.#sorted;
    const start = this.#seekAfter(after);
    for (let i = start.block; i < blocks.length; i++) {
      if (places && !places.hasAny(order[i]! * BLOCK, BLOCK)) continue;
      const { entries, length } = blocks[i]!;
      for (let at = i === start.block ? start.at : 0; at < length; at++) {
        if (!places || places.has(entries[at]!)) yield this.#nameAt.get(entries[at]!);
      }
    }
  }

  /** Negative if `name` stands before `text`, positive if after, as `<` orders their UTF-16. */
  compare(name: number, text: Uint8Array): number {
    const length = this.#lengthOf(name);
    const bytes = this.#arena.bytesAt(name);
    const start = startOf(name) + HEADER_BYTES;
    const shared = Math.min(length, text.length);
    for (let i = 0; i < shared; i++) {
      const byte = bytes[start + i]!;
      if (byte !== text[i]) return rank(byte) - rank(text[i]!);
    }
    return length - text.length;
  }

  /** Whether every one of `words` is in `name`. */
  matches(name: number, words: readonly Word[]): boolean {
    const bytes = this.#arena.bytesAt(name);
    const start = startOf(name) + HEADER_BYTES;
    const end = start + this.#lengthOf(name);
    const isAscii = this.#isAscii(name);
    for (const word of words) {
      if (word.isAnyCase && !isAscii) {
        if (!isIn(foldCase(this.textOf(name)), word)) return false;
      } else if (!holds(bytes, start, end, word)) return false;
    }
    return true;
  }

  #seek(text: Uint8Array): Position {
    return this.#sorted.seek((place) => this.compare(this.#nameAt.get(place), text) < 0);
  }

  #seekAfter(after: string): Position {
    const text = encodeUtf8(after);
    return this.#sorted.seek((place) => this.compare(this.#nameAt.get(place), text) <= 0);
  }

  #move(from: number, block: Block): number {
    const name = this.#nameAt.get(from);
    const to = this.#settle(name, block);
    this.#grams.move(from, to, this.#foldedOf(name));
    return to;
  }

  /** Gives `name` a place in `block` that is free. */
  #settle(name: number, block: Block): number {
    const place = block.number * BLOCK + freeWithin(block);
    this.#set(name, PLACE, place);
    this.#nameAt.set(place, name);
    return place;
  }

  #foldedOf(name: number): Uint8Array {
    if (!this.#isAscii(name)) return encodeUtf8(foldCase(this.textOf(name)));
    return this.bytesOf(name).map((byte) => FOLDED_BYTES[byte]!);
  }

  #lengthOf(name: number): number {
    return this.#get(name, LENGTH) >>> 1;
  }

  /** Whether its case folds as that of ASCII does. */
  #isAscii(name: number): boolean {
    return (this.#get(name, LENGTH) & 1) === 1;
  }

  #get(name: number, field: number): number {
    return this.#arena.wordsAt(name)[startOf(name) / 4 + field]!;
  }

  #set(name: number, field: number, value: number): void {
    this.#arena.wordsAt(name)[startOf(name) / 4 + field] = value;
  }
}

/** The lowest number from 0 that no entry of `block` has within it. */
function freeWithin({ entries, length }: Block): number {
  const taken = new Uint8Array(BLOCK);
  for (let i = 0; i < length; i++) taken[entries[i]! % BLOCK] = 1;
  return taken.indexOf(0);
}

/**
 * Orders first bytes of characters as UTF-16 does: what is beyond U+FFFF, which UTF-8 begins with F0
 * to F4, comes before U+E000 to U+FFFF, which it begins with EE and EF.
 */
function rank(byte: number): number {
  if (byte < 0xee) return byte;
  return byte < 0xf0 ? byte + 8 : byte - 2;
}
