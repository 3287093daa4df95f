/**
 * Choosing the pieces that the fewest have. Pure.
 *
 * @module
 */

/** Pieces that are looked at, from a place at random on: bounds what one choice costs. */
const LOOKED_AT = 16_384;

/** Which pieces are chosen. */
export interface RarestOptions {
  /** How many are enough. */
  readonly count: number;
  /** Copies of those that are common at most. @default {Infinity} */
  readonly most?: number | undefined;
  /** Numbers from 0 to 1. */
  readonly random: () => number;
}

/**
 * The rarest of `pieces`, in random order where several are as rare.
 *
 * @param copies How many have a piece
 */
export function rarest(
  pieces: readonly number[],
  copies: (piece: number) => number,
  { count, most = Infinity, random }: RarestOptions,
): number[] {
  const byCopies: number[][] = [];
  const start = pieces.length > LOOKED_AT ? Math.floor(random() * pieces.length) : 0;
  for (let i = 0; i < Math.min(pieces.length, LOOKED_AT); i++) {
    const piece = pieces[(start + i) % pieces.length]!;
    const number = copies(piece);
    if (number <= most) (byCopies[number] ??= []).push(piece);
  }
  const chosen: number[] = [];
  for (const alike of byCopies) {
    if (chosen.length >= count) break;
    if (alike) chosen.push(...sample(alike, count - chosen.length, random));
  }
  return chosen;
}

/** Up to `count` of `values`, in random order. */
export function sample<T>(values: readonly T[], count: number, random: () => number): T[] {
  const mixed = [...values];
  for (let i = 0; i < Math.min(count, mixed.length); i++) {
    const other = i + Math.floor(random() * (mixed.length - i));
    [mixed[i], mixed[other]] = [mixed[other]!, mixed[i]!];
  }
  return mixed.slice(0, count);
}
