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
import { holds, type Word } from "./word.ts";

/** Before each name stand its length in two bytes, and a byte that says how its case folds. */
const HEADER = 3;
/** Above this share of all names most blocks hold one. */
const WORTHWHILE = 1 / 16;

/** All names, each with a number as long as it is there. */
export class NameTable {
  readonly #arena = new Arena();
  readonly #numbers = new Places();
  readonly #address = new Column();
  readonly #block = new Column();
  readonly #sorted = new SortedBlocks((name, block) => this.#block.set(name, block));
  #size = 0;

  /** How many names there are. */
  get size(): number {
    return this.#size;
  }

  /** The number of the name `text`, if it is there. */
  find(text: Uint8Array): number | undefined {
    const name = this.#sorted.at(this.#seek(text));
    return name !== undefined && this.compare(name, text) === 0 ? name : undefined;
  }

  /** The names in their order, from the first one after `after`, only those of `among` if given. */
  *inOrder(after?: string, among?: NameSet): Generator<number> {
    const text = after === undefined ? undefined : encodeUtf8(after);
    const start = this.#sorted.seek((name) => text !== undefined && this.compare(name, text) <= 0);
    const marks = among && among.size < this.#size * WORTHWHILE ? this.#mark(among) : undefined;
    let from = start.at;
    for (const { number, entries, length } of this.#sorted.blocks.slice(start.block)) {
      for (let i = from; i < length && marks?.[number] !== 0; i++) {
        if (!among || among.has(entries[i]!)) yield entries[i]!;
      }
      from = 0;
    }
  }

  /** Takes in the name `text`, which is not there yet. */
  add(text: string): number {
    const bytes = encodeUtf8(text);
    const name = this.#numbers.take();
    const address = this.#arena.take(HEADER + bytes.length);
    const isFoldedAsAscii = foldAscii(text) === foldCase(text);
    const header = [bytes.length & 0xff, bytes.length >>> 8, Number(isFoldedAsAscii)];
    this.#arena.bytesAt(address).set(header, startOf(address));
    this.#arena.bytesAt(address).set(bytes, startOf(address) + HEADER);
    this.#address.set(name, address);
    this.#sorted.insert(name, this.#seek(bytes));
    this.#size++;
    return name;
  }

  /** Forgets `name`. */
  remove(name: number): void {
    const bytes = this.bytesOf(name);
    this.#sorted.remove(this.#seek(bytes));
    this.#arena.give(this.#address.get(name), HEADER + bytes.length);
    this.#numbers.give(name);
    this.#size--;
  }

  /** `name` as text. */
  textOf(name: number): string {
    return decodeUtf8(this.bytesOf(name));
  }

  /** Negative if `name` stands before `text`, positive if after, as `<` orders their UTF-16. */
  compare(name: number, text: Uint8Array): number {
    const address = this.#address.get(name);
    const bytes = this.#arena.bytesAt(address);
    const start = startOf(address);
    const length = lengthAt(bytes, start);
    const shared = Math.min(length, text.length);
    for (let i = 0; i < shared; i++) {
      const [a, b] = [bytes[start + HEADER + i]!, text[i]!];
      if (a !== b) return rank(a) - rank(b);
    }
    return length - text.length;
  }

  /** Whether every one of `words` is in `name`. */
  matches(name: number, words: readonly Word[]): boolean {
    const address = this.#address.get(name);
    const bytes = this.#arena.bytesAt(address);
    const start = startOf(address);
    const end = start + HEADER + lengthAt(bytes, start);
    const isFoldedAsAscii = bytes[start + HEADER - 1] === 1;
    for (const word of words) {
      if (word.isAnyCase && !isFoldedAsAscii) {
        if (!isIn(foldCase(this.textOf(name)), word)) return false;
      } else if (!holds(bytes, start + HEADER, end, word)) return false;
    }
    return true;
  }

  #seek(text: Uint8Array): Position {
    return this.#sorted.seek((name) => this.compare(name, text) < 0);
  }

  /** Which blocks hold a name of `names`: the others need not be looked into. */
  #mark(names: NameSet): Uint8Array {
    const marks = new Uint8Array(this.#sorted.numbersEnd);
    for (const name of names) marks[this.#block.get(name)] = 1;
    return marks;
  }

  /** `name` in UTF-8. */
  bytesOf(name: number): Uint8Array {
    const address = this.#address.get(name);
    const bytes = this.#arena.bytesAt(address);
    const start = startOf(address);
    return bytes.subarray(start + HEADER, start + HEADER + lengthAt(bytes, start));
  }
}

function isIn(text: string, word: Word): boolean {
  return word.isEnd ? text.endsWith(word.text) : text.includes(word.text);
}

function lengthAt(bytes: Uint8Array, start: number): number {
  return bytes[start]! | bytes[start + 1]! << 8;
}

/**
 * Orders first bytes of characters as UTF-16 does: what is beyond U+FFFF, which UTF-8 begins with F0
 * to F4, comes before U+E000 to U+FFFF, which it begins with EE and EF.
 */
function rank(byte: number): number {
  if (byte < 0xee) return byte;
  return byte < 0xf0 ? byte + 8 : byte - 2;
}
