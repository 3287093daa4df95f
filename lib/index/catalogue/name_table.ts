/**
 * The names that are published, by number and in their order.
 *
 * @module
 */

import { decodeUtf8, encodeUtf8 } from "../../protocol/utf8.ts";
import { Arena, startOf } from "./arena.ts";
import { Column, Places } from "./column.ts";
import { foldAscii, foldCase } from "./fold.ts";
import type { NameSet } from "./name_set.ts";
import { type Position, SortedBlocks } from "./sorted_blocks.ts";
import { holds, isIn, type Word } from "./word.ts";

/** What a row of the table holds, side by side so that it comes from memory at once. */
const ADDRESS = 0;
const LENGTH = 1;
const FIRST = 2;
const IS_ASCII = 3;
const FIELDS = 4;

/** Above this share of all names most blocks hold one. */
const WORTHWHILE = 1 / 64;

/** All names, each with a number as long as it is there. */
export class NameTable {
  readonly #arena = new Arena();
  readonly #numbers = new Places();
  readonly #rows = new Column();
  readonly #block = new Column();
  readonly #sorted = new SortedBlocks((name, block) => this.#block.set(name, block));
  #size = 0;

  /** The number of the name `text`, if it is there. */
  find(text: Uint8Array): number | undefined {
    const name = this.#sorted.at(this.#seek(text));
    return name !== undefined && this.compare(name, text) === 0 ? name : undefined;
  }

  /** Takes in a name that is not there yet, `text` or `bytes`. */
  add(text: string, bytes: Uint8Array): number {
    const name = this.#numbers.take();
    const address = this.#arena.take(bytes.length);
    this.#arena.bytesAt(address).set(bytes, startOf(address));
    this.#set(name, ADDRESS, address);
    this.#set(name, LENGTH, bytes.length);
    this.#set(name, IS_ASCII, Number(foldAscii(text) === foldCase(text)));
    this.#sorted.insert(name, this.#seek(bytes));
    this.#size++;
    return name;
  }

  /** Forgets `name`. */
  remove(name: number): void {
    this.#sorted.remove(this.#seek(this.bytesOf(name)));
    this.#arena.give(this.#get(name, ADDRESS), this.#get(name, LENGTH));
    this.#numbers.give(name);
    this.#size--;
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
    const address = this.#get(name, ADDRESS);
    const start = startOf(address);
    return this.#arena.bytesAt(address).subarray(start, start + this.#get(name, LENGTH));
  }

  /** The names in their order, from the first one after `after`, only those of `among` if given. */
  *inOrder(after?: string, among?: NameSet): Generator<number> {
    const { blocks } = this.#sorted;
    const marks = among && among.size < this.#size * WORTHWHILE ? this.#mark(among) : undefined;
    const start = this.#seekAfter(after);
    for (let i = start.block; i < blocks.length; i++) {
      const { number, entries, length } = blocks[i]!;
      if (marks?.[number] === 0) continue;
      for (let at = i === start.block ? start.at : 0; at < length; at++) {
        if (!among || among.has(entries[at]!)) yield entries[at]!;
      }
    }
  }

  /** Negative if `name` stands before `text`, positive if after, as `<` orders their UTF-16. */
  compare(name: number, text: Uint8Array): number {
    const address = this.#get(name, ADDRESS);
    const length = this.#get(name, LENGTH);
    const bytes = this.#arena.bytesAt(address);
    const start = startOf(address);
    const shared = Math.min(length, text.length);
    for (let i = 0; i < shared; i++) {
      const byte = bytes[start + i]!;
      if (byte !== text[i]) return rank(byte) - rank(text[i]!);
    }
    return length - text.length;
  }

  /** Whether every one of `words` is in `name`. */
  matches(name: number, words: readonly Word[]): boolean {
    const address = this.#get(name, ADDRESS);
    const bytes = this.#arena.bytesAt(address);
    const start = startOf(address);
    const end = start + this.#get(name, LENGTH);
    const isAscii = this.#get(name, IS_ASCII) === 1;
    for (const word of words) {
      if (word.isAnyCase && !isAscii) {
        if (!isIn(foldCase(this.textOf(name)), word)) return false;
      } else if (!holds(bytes, start, end, word)) return false;
    }
    return true;
  }

  /** Which blocks hold a name of `names`: the others need not be looked into. */
  #mark(names: NameSet): Uint8Array {
    const marks = new Uint8Array(this.#sorted.numbersEnd);
    names.forEach((name) => marks[this.#block.get(name)] = 1);
    return marks;
  }

  #seek(text: Uint8Array): Position {
    return this.#sorted.seek((name) => this.compare(name, text) < 0);
  }

  #seekAfter(after = ""): Position {
    const text = encodeUtf8(after);
    return this.#sorted.seek((name) => this.compare(name, text) <= 0);
  }

  #get(name: number, field: number): number {
    return this.#rows.get(name * FIELDS + field);
  }

  #set(name: number, field: number, value: number): void {
    this.#rows.set(name * FIELDS + field, value);
  }
}

/**
 * Orders first bytes of characters as UTF-16 does: what is beyond U+FFFF, which UTF-8 begins with F0
 * to F4, comes before U+E000 to U+FFFF, which it begins with EE and EF.
 */
function rank(byte: number): number {
  if (byte < 0xee) return byte;
  return byte < 0xf0 ? byte + 8 : byte - 2;
}
