/**
 * Sets of names or of their places, a bit for each.
 *
 * @module
 */

import { countBits, hasBit, intersect, PART_BITS, PART_WORDS, setBit } from "./bits.ts";

/** A set of numbers. */
export class NameSet {
  readonly #parts: (Uint32Array | undefined)[] = [];
  #size = 0;

  /** How many names are in it. */
  get size(): number {
    return this.#size;
  }

  /** Whether `name` is in it. */
  has(name: number): boolean {
    const part = this.#parts[name >>> PART_BITS];
    return part !== undefined && hasBit(part, 0, name & (1 << PART_BITS) - 1);
  }

  /** Puts `name` in. */
  add(name: number): void {
    const place = name >>> PART_BITS;
    const part = this.#parts[place] ?? this.#begin(place);
    if (setBit(part, 0, name & (1 << PART_BITS) - 1)) this.#size++;
  }

  /** Puts in the names of `bits`, a whole part. */
  addPart(place: number, bits: Uint32Array): void {
    const part = this.#parts[place] ?? this.#begin(place);
    for (let i = 0; i < PART_WORDS; i++) {
      const fresh = bits[i]! & ~part[i]!;
      if (fresh === 0) continue;
      part[i]! |= fresh;
      this.#size += countBits(fresh);
    }
  }

  /** Takes out what is not in `other`. */
  keep(other: NameSet): void {
    this.#size = 0;
    for (const [place, part] of this.#parts.entries()) {
      const their = other.#parts[place];
      if (!their) this.#parts[place] = undefined;
      else if (part) this.#size += intersect(part, their, 0);
    }
  }

  /** Whether any of the `count` numbers from `first` is in it, both multiples of 32. */
  hasAny(first: number, count: number): boolean {
    const part = this.#parts[first >>> PART_BITS];
    if (!part) return false;
    const start = (first & (1 << PART_BITS) - 1) >>> 5;
    for (let i = start; i < start + count / 32; i++) if (part[i] !== 0) return true;
    return false;
  }

  #begin(place: number): Uint32Array {
    while (this.#parts.length < place) this.#parts.push(undefined);
    return this.#parts[place] = new Uint32Array(PART_WORDS);
  }
}
