/**
 * Which names hold what: compressed lists of numbers, in the manner of Roaring bitmaps
 * (Lemire et al., 2016). Numbers with the same upper 16 bits form a part, which is a sorted array of
 * the lower 16 bits while they are few, and a bit for each that there can be from there on.
 *
 * @module
 */

import { firstNot } from "../first_not.ts";
import { Arena, roomFor, startOf } from "./arena.ts";
import { hasBit, keepArray, keepBits, numbersOf, PART_BITS, PART_WORDS, setBit } from "./bits.ts";
import type { NameSet } from "./name_set.ts";

/** Most numbers of an array: more are slower to go through than bits, which take 8 KiB. */
const ARRAY = 1_024;
/** Bits become an array again when so few are left, so that no number goes to and fro. */
const FEW = ARRAY / 4;
const LOW = (1 << PART_BITS) - 1;

/** One list: of each part the address, and twice the count of its numbers, plus one if it is bits. */
type List = number[];

/** Lists of names, by number; 0 is the number of none. */
export class Postings {
  readonly #arena = new Arena();
  readonly #lists: List[] = [[]];

  /** A new, empty list. */
  create(): number {
    return this.#lists.push([]) - 1;
  }

  /** How many names are in `list`. */
  sizeOf(list: number): number {
    const parts = this.#lists[list]!;
    let size = 0;
    for (let part = 0; part < parts.length; part += 2) size += parts[part + 1]! >>> 1;
    return size;
  }

  /** Puts `name` into `list`, where it may be already. */
  add(list: number, name: number): void {
    const parts = this.#lists[list]!;
    const part = (name >>> PART_BITS) * 2;
    while (parts.length <= part) parts.push(0, 0);
    const address = parts[part]!;
    const head = parts[part + 1]!;
    const at = this.#find(address, head, name & LOW);
    if (at < 0) return;
    const next = headFor((head >>> 1) + 1, isBits(head));
    parts[part] = this.#resize(address, head, next);
    parts[part + 1] = next;
    if (isBits(next)) setBit(this.#bits(parts[part]!), 0, name & LOW);
    else this.#insert(parts[part]!, head >>> 1, name & LOW, at);
  }

  /** Takes `name` out of `list`, where it may be gone already. */
  remove(list: number, name: number): void {
    const parts = this.#lists[list]!;
    const part = (name >>> PART_BITS) * 2;
    const address = parts[part] ?? 0;
    const head = parts[part + 1] ?? 0;
    const at = this.#find(address, head, name & LOW);
    if (at >= 0) return;
    this.#delete(address, head, name & LOW, ~at);
    const next = headFor((head >>> 1) - 1, isBits(head));
    parts[part] = this.#resize(address, head, next);
    parts[part + 1] = next;
  }

  /** Adds to `set` the names of `list`. */
  addTo(set: NameSet, list: number): void {
    const parts = this.#lists[list]!;
    for (let part = 0; part < parts.length; part += 2) {
      const [address, head] = [parts[part]!, parts[part + 1]!];
      if (isBits(head)) set.addPart(part / 2, this.#bits(address));
      else for (const low of this.#array(address, head)) set.add(part / 2 << PART_BITS | low);
    }
  }

  /** Adds to `set` the names that are in every one of `lists`. */
  addCommonTo(set: NameSet, lists: readonly number[]): void {
    const all = lists.map((list) => this.#lists[list]!);
    const length = Math.min(...all.map((parts) => parts.length));
    for (let part = 0; part < length; part += 2) {
      // An array comes before all bits, whatever their counts.
      const order = (parts: List) => (parts[part + 1]! & 1) * 2 ** 32 + parts[part + 1]!;
      const [first, ...others] = all.toSorted((a, b) => order(a) - order(b));
      const head = first![part + 1]!;
      if (isBits(head)) this.#addCommonBits(set, part, first!, others);
      else if (head > 0) {
        this.#addCommonArray(set, part, this.#array(first![part]!, head), others);
      }
    }
  }

  #addCommonBits(set: NameSet, part: number, first: List, others: readonly List[]): void {
    const common = this.#bits(first[part]!).slice();
    for (const parts of others) {
      const bits = this.#bits(parts[part]!);
      for (let i = 0; i < PART_WORDS; i++) common[i]! &= bits[i]!;
    }
    set.addPart(part / 2, common);
  }

  #addCommonArray(set: NameSet, part: number, first: Uint16Array, others: readonly List[]): void {
    const common = first.slice();
    let length = common.length;
    for (const parts of others) {
      const [address, head] = [parts[part]!, parts[part + 1]!];
      length = isBits(head)
        ? keepBits(common, length, this.#bits(address))
        : keepArray(common, length, this.#array(address, head));
    }
    for (let i = 0; i < length; i++) set.add(part / 2 << PART_BITS | common[i]!);
  }

  /** Where `low` is to go, or `~` where it is; for bits the place does not matter. */
  #find(address: number, head: number, low: number): number {
    if (isBits(head)) {
      return hasBit(this.#arena.wordsAt(address), startOf(address) / 4, low) ? ~0 : 0;
    }
    const count = head >>> 1;
    if (count === 0) return 0;
    const shorts = this.#arena.shortsAt(address);
    const start = startOf(address) / 2;
    if (shorts[start + count - 1]! < low) return count;
    const at = firstNot(count, (i) => shorts[start + i]! < low);
    return shorts[start + at] === low ? ~at : at;
  }

  #insert(address: number, count: number, low: number, at: number): void {
    const shorts = this.#arena.shortsAt(address);
    const start = startOf(address) / 2;
    shorts.copyWithin(start + at + 1, start + at, start + count);
    shorts[start + at] = low;
  }

  #delete(address: number, head: number, low: number, at: number): void {
    if (isBits(head)) this.#bits(address)[low >>> 5]! &= ~(1 << (low & 31));
    else {
      const start = startOf(address) / 2;
      const end = start + (head >>> 1);
      this.#arena.shortsAt(address).copyWithin(start + at, start + at + 1, end);
    }
  }

  /** The address of a piece that holds what the one at `address` does, with room for `next`. */
  #resize(address: number, head: number, next: number): number {
    const [room, nextRoom] = [bytesFor(head), bytesFor(next)];
    if (room === nextRoom && isBits(head) === isBits(next)) return address;
    const target = nextRoom === 0 ? 0 : this.#arena.take(nextRoom);
    if (isBits(head) !== isBits(next)) this.#convert(address, head, target);
    else if (address !== 0 && target !== 0) {
      this.#copy(address, Math.min(head, next) >>> 1, target);
    }
    if (address !== 0) this.#arena.give(address, room);
    return target;
  }

  #copy(address: number, count: number, target: number): void {
    const from = this.#arena.shortsAt(address);
    const start = startOf(address) / 2;
    const to = this.#arena.shortsAt(target);
    to.set(from.subarray(start, start + count), startOf(target) / 2);
  }

  /** Array to bits, or bits to an array. */
  #convert(address: number, head: number, target: number): void {
    if (isBits(head)) {
      const numbers = numbersOf(this.#bits(address));
      this.#arena.shortsAt(target).set(numbers, startOf(target) / 2);
    } else {
      const bits = this.#bits(target).fill(0);
      for (const low of this.#array(address, head)) setBit(bits, 0, low);
    }
  }

  #bits(address: number): Uint32Array {
    const start = startOf(address) / 4;
    return this.#arena.wordsAt(address).subarray(start, start + PART_WORDS);
  }

  #array(address: number, head: number): Uint16Array {
    if (head === 0) return EMPTY;
    const start = startOf(address) / 2;
    return this.#arena.shortsAt(address).subarray(start, start + (head >>> 1));
  }
}

const EMPTY = new Uint16Array();

function isBits(head: number): boolean {
  return (head & 1) === 1;
}

/** The head of a part with `count` numbers that was bits before or not. */
function headFor(count: number, wereBits: boolean): number {
  return count * 2 + Number(count > (wereBits ? FEW : ARRAY));
}

function bytesFor(head: number): number {
  if (head === 0) return 0;
  return isBits(head) ? PART_WORDS * 4 : roomFor(head);
}
