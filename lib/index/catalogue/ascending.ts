/**
 * Rising numbers, and what several such sequences have in common.
 *
 * @module
 */

import type { Budget } from "./budget.ts";

/** Stands for the end of a sequence: no place is as high. */
export const END = 0xffff_ffff;

/** Rising numbers, asked for in rising order. */
export interface Ascending {
  /** The first number from `from` on, or {@linkcode END}. */
  seek(from: number): number;
}

/** Every number. */
export const EVERY: Ascending = { seek: (from) => from };

/** The numbers of an array. */
export class Range implements Ascending {
  readonly #numbers: Uint32Array;
  #at = 0;

  constructor(numbers: Uint32Array) {
    this.#numbers = numbers;
  }

  seek(from: number): number {
    const { length } = this.#numbers;
    this.#at = gallop(this.#numbers, this.#at, length, from);
    return this.#at < length ? this.#numbers[this.#at]! : END;
  }
}

/** The numbers that are in every one of some sequences. */
export class Intersection implements Ascending {
  readonly #sequences: readonly Ascending[];
  readonly #budget: Budget;

  constructor(sequences: readonly Ascending[], budget: Budget) {
    this.#sequences = sequences;
    this.#budget = budget;
  }

  /** When the budget is spent, the number that is returned need not be in all of them. */
  seek(from: number): number {
    const count = this.#sequences.length;
    let candidate = from;
    for (let agreed = 0, i = 0; agreed < count; i = (i + 1) % count) {
      this.#budget.left--;
      const found = this.#sequences[i]!.seek(candidate);
      if (found === END || this.#budget.left <= 0) return found;
      agreed = found === candidate ? agreed + 1 : 1;
      candidate = found;
    }
    return candidate;
  }
}

/** The numbers that are in any of `sequences`. */
export function unionOf(sequences: readonly Ascending[]): Ascending {
  return sequences.length === 1 ? sequences[0]! : new Union(sequences);
}

/** The numbers that are in any of some sequences. */
export class Union implements Ascending {
  readonly #sequences: readonly Ascending[];

  constructor(sequences: readonly Ascending[]) {
    this.#sequences = sequences;
  }

  seek(from: number): number {
    return Math.min(END, ...this.#sequences.map((sequence) => sequence.seek(from)));
  }
}

/** The first place from `at` to `end` whose number is not below `wanted`: near ones first. */
export function gallop(
  numbers: Uint16Array | Uint32Array,
  at: number,
  end: number,
  wanted: number,
): number {
  let low = at;
  let step = 1;
  for (; low + step <= end && numbers[low + step - 1]! < wanted; step *= 2) low += step;
  let high = Math.min(low + step - 1, end);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
