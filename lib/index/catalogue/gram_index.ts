/**
 * Which names hold which three bytes in a row: how a search finds what may match.
 *
 * @module
 */

import { NameSet } from "./name_set.ts";
import { Postings } from "./postings.ts";
import type { Word } from "./word.ts";

/** Bytes of a gram. */
const GRAM = 3;
const BYTES = 256;
/** Grams of a word that are looked up: the rarest, as the others would leave out few more names. */
const INTERSECTED = 8;
/** Grams of all words together that are looked up. */
const INTERSECTED_IN_ALL = 32;
/** Above this share of all names the names of a short word are not worth gathering. */
const WORTHWHILE = 1 / 16;

/**
 * The names by the grams of their folded UTF-8. Two zero bytes follow each name, so that also the
 * last two bytes begin a gram, and a word of one or two bytes is the beginning of some.
 */
export class GramIndex {
  readonly #postings = new Postings();
  /** By the first two bytes of a gram, then by the third: its list. */
  readonly #lists: (Uint32Array | undefined)[] = Array(BYTES * BYTES).fill(undefined);
  #size = 0;

  /** Takes in the name at `place`, which is `folded`. */
  add(place: number, folded: Uint8Array): void {
    this.#forEachList(folded, (list) => this.#postings.add(list, place));
    this.#size++;
  }

  /** Takes out the name at `place`, which is `folded`. */
  remove(place: number, folded: Uint8Array): void {
    this.#forEachList(folded, (list) => this.#postings.remove(list, place));
    this.#size--;
  }

  /** Takes the name at `from`, which is `folded`, to be at `to`. */
  move(from: number, to: number, folded: Uint8Array): void {
    this.#forEachList(folded, (list) => {
      this.#postings.remove(list, from);
      this.#postings.add(list, to);
    });
  }

  /**
   * The names that may hold all `words` and one of `ends`, if there are any: every one that does is
   * among them. `undefined` if that would be too many to gather.
   */
  candidates(words: readonly Word[], ends: readonly Word[]): NameSet | undefined {
    const lists = words.map((word) => this.#listsOf(word));
    if (lists.some((lists) => lists.includes(0))) return new NameSet();
    const short = words.filter(({ folded }) => folded.length < GRAM);
    const sets = short.map(({ folded }) => this.#beginningWith(folded));
    const rarest = this.#rarest(lists.flatMap((it) => this.#rarest(it)), INTERSECTED_IN_ALL);
    const [found, ...others] = [this.#common(rarest, ends), ...sets].filter((set) => set);
    for (const other of others) found!.keep(other!);
    return found;
  }

  #common(lists: readonly number[], ends: readonly Word[]): NameSet | undefined {
    if (lists.length === 0 && ends.length === 0) return undefined;
    const found = new NameSet();
    if (ends.length === 0) this.#postings.addCommonTo(found, lists);
    for (const end of ends.map((end) => this.#listsOf(end))) {
      if (!end.includes(0)) this.#postings.addCommonTo(found, [...lists, ...this.#rarest(end)]);
    }
    return found;
  }

  /** The shortest of `lists`. */
  #rarest(lists: Iterable<number>, most = INTERSECTED): number[] {
    const sizes = Array.from(new Set(lists), (list) => {
      return { list, size: this.#postings.sizeOf(list) };
    });
    return sizes.sort((a, b) => a.size - b.size).slice(0, most).map(({ list }) => list);
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
      size += this.#postings.sizeOf(list);
      if (size > this.#size * WORTHWHILE) return undefined;
    }
    const set = new NameSet();
    for (const list of lists) this.#postings.addTo(set, list);
    return set;
  }

  #listsBeginningWith([first = 0, second]: Uint8Array): number[] {
    const start = first * BYTES;
    const pages = second === undefined
      ? this.#lists.slice(start, start + BYTES)
      : [this.#lists[start + second]];
    return pages.flatMap((page) => page ? [...page.filter((list) => list !== 0)] : []);
  }

  #forEachList(folded: Uint8Array, run: (list: number) => void): void {
    const bytes = padded(folded);
    for (let i = 0; i <= bytes.length - GRAM; i++) run(this.#listFor(bytes, i));
  }

  #listFor(bytes: Uint8Array, at: number): number {
    const pair = bytes[at]! * BYTES + bytes[at + 1]!;
    const page = this.#lists[pair] ??= new Uint32Array(BYTES);
    const third = bytes[at + 2]!;
    if (page[third] === 0) page[third] = this.#postings.create();
    return page[third]!;
  }
}

function padded(bytes: Uint8Array): Uint8Array {
  const longer = new Uint8Array(bytes.length + GRAM - 1);
  longer.set(bytes);
  return longer;
}
