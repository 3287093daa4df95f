/**
 * Bits and sorted numbers of 16 bits: two ways to write down a part of a set.
 *
 * @module
 */

/** Names of one part of a set: as many as 16 bits can tell apart. */
export const PART_BITS = 16;
/** Numbers of 32 bits in one part. */
export const PART_WORDS = (1 << PART_BITS) / 32;

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

/** How many bits of `word` are set. */
export function countBits(word: number): number {
  word -= word >>> 1 & 0x5555_5555;
  word = (word & 0x3333_3333) + (word >>> 2 & 0x3333_3333);
  return Math.imul(word + (word >>> 4) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}

/** Moves those of the first `length` numbers that are set in `bits` to the front; counts them. */
export function keepBits(numbers: Uint16Array, length: number, bits: Uint32Array): number {
  let kept = 0;
  for (let i = 0; i < length; i++) {
    if (hasBit(bits, 0, numbers[i]!)) numbers[kept++] = numbers[i]!;
  }
  return kept;
}

/** The same for those that are in `others`, both in their order. */
export function keepArray(numbers: Uint16Array, length: number, others: Uint16Array): number {
  let kept = 0;
  let at = 0;
  for (let i = 0; i < length; i++) {
    const number = numbers[i]!;
    while (at < others.length && others[at]! < number) at++;
    if (others[at] === number) numbers[kept++] = number;
  }
  return kept;
}

/** The numbers whose bits are set in a part. */
export function numbersOf(bits: Uint32Array): number[] {
  const numbers: number[] = [];
  for (let low = 0; low < 1 << PART_BITS; low++) if (hasBit(bits, 0, low)) numbers.push(low);
  return numbers;
}
