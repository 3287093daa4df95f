/**
 * Which pieces the sources have that have a file in part. Pure.
 *
 * @module
 */

import { malformed } from "../../errors.ts";

/** What partial sources have, as far as they have said. */
export class Availability {
  readonly #count: number;
  readonly #bitmaps = new Map<string, Uint8Array>();
  /** For each piece, how many partial sources have it. */
  readonly #copies: Uint16Array;

  /** @param count How many pieces the file has. */
  constructor(count: number) {
    this.#count = count;
    this.#copies = new Uint16Array(count);
  }

  /** Whether there is a partial source. */
  get isAny(): boolean {
    return this.#bitmaps.size > 0;
  }

  /** Takes in that `source` has the file in part: nothing of it, until it says more. */
  join(source: string): void {
    if (!this.isPartial(source)) this.#bitmaps.set(source, new Uint8Array(bytesOf(this.#count)));
  }

  /** Takes in that `source` is not asked any more. */
  leave(source: string): void {
    const bitmap = this.#bitmaps.get(source);
    if (!bitmap) return;
    this.#bitmaps.delete(source);
    this.#add(bitmap, -1);
  }

  /** Whether `source` has the file in part only. */
  isPartial(source: string): boolean {
    return this.#bitmaps.has(source);
  }

  /**
   * Takes in what a partial source has now: a bit for each piece, from the highest bit of the first
   * byte on.
   *
   * @throws {BitTrickleError} `malformed` for a bitmap of another length, or with bits beyond the end
   */
  set(source: string, bitmap: Uint8Array): void {
    assertBitmap(bitmap, this.#count);
    const before = this.#bitmaps.get(source);
    if (!before) return;
    this.#add(before, -1);
    this.#add(bitmap, 1);
    this.#bitmaps.set(source, bitmap.slice());
  }

  /** Takes in that `source` does not have `piece` after all. */
  clear(source: string, piece: number): void {
    const bitmap = this.#bitmaps.get(source);
    if (!bitmap || !hasBit(bitmap, piece)) return;
    bitmap[piece >> 3]! &= ~maskOf(piece);
    this.#copies[piece]!--;
  }

  /** Whether `source` has `piece`: all, if it is not known to have a part only. */
  has(source: string, piece: number): boolean {
    const bitmap = this.#bitmaps.get(source);
    return bitmap === undefined || hasBit(bitmap, piece);
  }

  /** How many partial sources have `piece`. */
  copies(piece: number): number {
    return this.#copies[piece]!;
  }

  #add(bitmap: Uint8Array, sign: 1 | -1): void {
    bitmap.forEach((byte, i) => {
      for (let piece = 8 * i; byte !== 0; piece++, byte = (byte << 1) & 0xff) {
        if (byte & 0x80) this.#copies[piece]! += sign;
      }
    });
  }
}

/**
 * Checks that `bitmap` has a bit for each of `count` pieces, and none beyond.
 *
 * @throws {BitTrickleError} `malformed`
 */
export function assertBitmap(bitmap: Uint8Array, count: number): void {
  const isRight = bitmap.length === bytesOf(count) &&
    (count % 8 === 0 || (bitmap.at(-1)! & (0xff >> count % 8)) === 0);
  if (!isRight) throw malformed("its bitmap is not that of the file");
}

function bytesOf(count: number): number {
  return Math.ceil(count / 8);
}

function hasBit(bitmap: Uint8Array, piece: number): boolean {
  return ((bitmap[piece >> 3] ?? 0) & maskOf(piece)) !== 0;
}

function maskOf(piece: number): number {
  return 0x80 >> (piece & 7);
}
