/**
 * Which names hold which three bytes in a row: how a search finds what may match.
 *
 * @module
 */

import { encodeUtf8 } from "../../protocol/utf8.ts";
import { foldCase } from "./fold.ts";
import { NameSet } from "./name_set.ts";
import { Postings } from "./postings.ts";
import type { Word } from "./word.ts";

/** Bytes of a gram. */
const GRAM = 3;
const BYTES = 256;
/** Lists that are intersected: what a word has in common with those it is not in is seldom more. */
const INTERSECTED = 5;
/** Above this share of all names the names of a short word are not worth gathering. */
const WORTHWHILE = 1 / 16;

/**
 * The names by the grams of their folded UTF-8. Two zero bytes follow each name, so that also the
 * last two bytes begin a gram, and a word of one or two bytes is the beginning of some.
 */
export class GramIndex {
  readonly #postings = new Postings();
  /** By the first two bytes of a gram, then by the third: its list, counted from 1. */
  readonly #lists: (Uint32Array | undefined)[] = Array(BYTES * BYTES).fill(undefined);
  #size = 0;

  /** Takes in `name`, which is `text` or `utf8`. */
  add(name: number, text: string, utf8: Uint8Array): void {
    const bytes = foldedBytes(text, utf8);
    for (let i = 0; i < bytes.length - 2; i++) {
      this.#postings.add(this.#listFor(bytes, i), name);
    }
    this.#size++;
  }

  /** Takes out `name`, which is `text` or `utf8`. */
  remove(name: number, text: string, utf8: Uint8Array): void {
    const bytes = foldedBytes(text, utf8);
    for (let i = 0; i < bytes.length - 2; i++) {
      this.#postings.remove(this.#listFor(bytes, i), name);
    }
    this.#size--;
  }

  /**
   * The names that may hold all `words` and one of `ends`, if there are any: every one that does is
   * among them. `undefined` if that would be too many to gather.
   */
  candidates(words: readonly Word[], ends: readonly Word[]): NameSet | undefined {
    const lists = words.flatMap((word) => this.#listsOf(word));
    const short = words.filter(({ folded }) => folded.length < GRAM);
    const sets = short.map(({ folded }) => this.#beginningWith(folded));
    const [found, ...others] = [this.#common(lists, ends), ...sets].filter((set) => set);
    for (const other of others) found!.keep(other!);
    return found;
  }

  #common(lists: readonly number[], ends: readonly Word[]): NameSet | undefined {
    if (lists.length === 0 && ends.length === 0) return undefined;
    const found = new NameSet();
    for (const end of ends.length > 0 ? ends : [undefined]) {
      const all = new Set([...lists, ...end ? this.#listsOf(end) : []]);
      if (!all.has(0)) this.#postings.addCommonTo(found, this.#rarest(all));
    }
    return found;
  }

  /** The shortest of `lists`: the others would leave out few more. */
  #rarest(lists: Iterable<number>): number[] {
    const sizes = Array.from(lists, (list) => ({ list, size: this.#postings.sizeOf(list - 1) }));
    return sizes.sort((a, b) => a.size - b.size).slice(0, INTERSECTED).map(({ list }) => list - 1);
  }

  /** The lists of all grams of `word`; 0 for one that no name holds. */
  #listsOf({ folded, isEnd }: Word): number[] {
    const bytes = isEnd ? padded(folded) : folded;
    const lists: number[] = [];
    for (let i = 0; i <= bytes.length - GRAM; i++) {
      lists.push(this.#lists[bytes[i]! * BYTES + bytes[i + 1]!]?.[bytes[i + 2]!] ?? 0);
    }
    return lists;
  }

  /** The names that hold one or two bytes, unless they are too many. */
  #beginningWith(bytes: Uint8Array): NameSet | undefined {
    const lists = this.#listsBeginningWith(bytes);
    let size = 0;
    for (const list of lists) {
      size += this.#postings.sizeOf(list - 1);
      if (size > this.#size * WORTHWHILE) return undefined;
    }
    const set = new NameSet();
    for (const list of lists) this.#postings.addTo(set, list - 1);
    return set;
  }

  #listsBeginningWith([first = 0, second]: Uint8Array): number[] {
    const start = first * BYTES;
    const pages = second === undefined
      ? this.#lists.slice(start, start + BYTES)
      : [this.#lists[start + second]];
    return pages.flatMap((page) => page ? [...page.filter((list) => list !== 0)] : []);
  }

  #listFor(bytes: Uint8Array, at: number): number {
    const pair = bytes[at]! * BYTES + bytes[at + 1]!;
    const page = this.#lists[pair] ??= new Uint32Array(BYTES);
    const third = bytes[at + 2]!;
    if (page[third] === 0) page[third] = this.#postings.create() + 1;
    return page[third]! - 1;
  }
}

function foldedBytes(text: string, utf8: Uint8Array): Uint8Array {
  const folded = foldCase(text);
  return padded(folded === text ? utf8 : encodeUtf8(folded));
}

function padded(bytes: Uint8Array): Uint8Array {
  const longer = new Uint8Array(bytes.length + GRAM - 1);
  longer.set(bytes);
  return longer;
}
