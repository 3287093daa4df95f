/**
 * Sets of names or of their places, a bit for each.
 *
 * @module
 */

/** Names of one part of a set: as many as 16 bits can tell apart. */
export const PART_BITS = 16;
/** Numbers of 32 bits in one part. */
export const PART_WORDS = (1 << PART_BITS) / 32;

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

/** Whether bit `bit` is set in the numbers from `start`. */
export function hasBit(words: Uint32Array, start: number, bit: number): boolean {
  return (words[start + (bit >>> 5)]! & 1 << (bit & 31)) !== 0;
}

/** Sets bit `bit` in the numbers from `start`. Returns whether that changed it. */
export function setBit(words: Uint32Array, start: number, bit: number): boolean {
  if (hasBit(words, start, bit)) return false;
  words[start + (bit >>> 5)]! |= 1 << (bit & 31);
  return true;
}

/** Clears the bits of `part` that are not set in the numbers from `start`; counts those left. */
export function intersect(part: Uint32Array, words: Uint32Array, start: number): number {
  let left = 0;
  for (let i = 0; i < PART_WORDS; i++) left += countBits(part[i]! &= words[start + i]!);
  return left;
}

function countBits(word: number): number {
  word -= word >>> 1 & 0x5555_5555;
  word = (word & 0x3333_3333) + (word >>> 2 & 0x3333_3333);
  return Math.imul(word + (word >>> 4) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
