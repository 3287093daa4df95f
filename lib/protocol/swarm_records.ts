/**
 * Records of transfers that only swarms have: which pieces a source has, and which one it chose.
 *
 * @module
 */

import { malformed } from "../errors.ts";

/** Length of the number of a chosen piece. */
export const CHOSEN_BYTES = 4;

/**
 * The record that answers `have <first> <count>`: a bit for each piece, from the highest bit of the
 * first byte on, 1 if the source has it.
 *
 * ```
 *     0   1  pieces first, first + 1, ... first + 7: bits 0x80, 0x40, ... 0x01
 *     1   1  pieces first + 8, ...
 *            ceil(count / 8) bytes in all
 * ```
 *
 * @param end The first piece that the file does not have: bits from there on are 0
 */
export function encodeBitmap(
  { first, count }: { readonly first: number; readonly count: number },
  end: number,
  has: (piece: number) => boolean,
): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(count / 8));
  const there = Math.min(count, end - first);
  for (let i = 0; i < there; i++) {
    if (has(first + i)) bytes[i >> 3]! |= 0x80 >> (i & 7);
  }
  return bytes;
}

/** The first record that answers `choice`: the number of the piece, u32 big-endian. */
export function encodeChosen(piece: number): Uint8Array {
  const bytes = new Uint8Array(CHOSEN_BYTES);
  new DataView(bytes.buffer).setUint32(0, piece);
  return bytes;
}

/**
 * The number of the piece in the first record that answers `choice`.
 *
 * @throws {BitTrickleError} `malformed`
 */
export function decodeChosen(record: Uint8Array): number {
  if (record.length !== CHOSEN_BYTES) throw malformed("bad number of a piece");
  return new DataView(record.buffer, record.byteOffset).getUint32(0);
}
