/**
 * Ids of files: the pieces root of BitTorrent v2 (BEP 52), a Merkle tree of SHA-256 over blocks of
 * 16 KiB. The hashes of its pieces, together the layer, prove each piece by itself.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { BLOCK_BYTES, PIECE_BYTES } from "./limits.ts";

/** Bytes of a hash. */
export const HASH_BYTES = 32;

const BLOCKS_PER_PIECE = PIECE_BYTES / BLOCK_BYTES;
/** What stands for a block that is not there. */
const NO_BLOCK = new Uint8Array(HASH_BYTES);
/** What stands for a piece that is not there. */
const NO_PIECE = rootOf([], BLOCKS_PER_PIECE, NO_BLOCK);

/** The beginning of an id, or all of it. */
const ID_BEGINNING = /^[0-9a-f]{4,64}$/;

/** Whether `text` is an id, or enough of its beginning to be looked for. */
export function isIdBeginning(text: string): boolean {
  return ID_BEGINNING.test(text);
}

/** How many pieces a file of `size` bytes has. */
export function pieceCount(size: number): number {
  return Math.ceil(size / PIECE_BYTES);
}

/** How many bytes the piece `index` of a file of `size` bytes has. */
export function pieceBytes(size: number, index: number): number {
  return Math.min(PIECE_BYTES, size - index * PIECE_BYTES);
}

/**
 * The hash of one piece.
 *
 * @param isOnly Whether the file has no other, so that its tree is no higher than it must be
 */
export function hashPiece(piece: Uint8Array, isOnly: boolean): Uint8Array {
  const hashes: Uint8Array[] = [];
  for (let at = 0; at < piece.length; at += BLOCK_BYTES) {
    hashes.push(sha256(piece.subarray(at, at + BLOCK_BYTES)));
  }
  return rootOf(hashes, isOnly ? powerOfTwo(hashes.length) : BLOCKS_PER_PIECE, NO_BLOCK);
}

/**
 * The id, in hexadecimal, of the file whose pieces have the hashes in `layer`, one after the other.
 * BEP 52 has none for an empty file; here it is the hash that stands for a missing block.
 */
export function idOf(layer: Uint8Array): string {
  const hashes = Array.from({ length: layer.length / HASH_BYTES }, (_, i) => hashAt(layer, i));
  if (hashes.length === 0) return NO_BLOCK.toHex();
  return rootOf(hashes, powerOfTwo(hashes.length), NO_PIECE).toHex();
}

/** Whether `layer` is that of the file of `size` bytes called `id`. */
export function isLayerOf(layer: Uint8Array, size: number, id: string): boolean {
  return layer.length === pieceCount(size) * HASH_BYTES && idOf(layer) === id;
}

/** Whether `piece` is the one at `index` of the file of `size` bytes with this `layer`. */
export function isPieceOf(
  layer: Uint8Array,
  size: number,
  index: number,
  piece: Uint8Array,
): boolean {
  if (piece.length !== pieceBytes(size, index)) return false;
  return isHashAt(layer, index, hashPiece(piece, layer.length === HASH_BYTES));
}

/** Whether `hash` is what `layer` says of the piece `index`. */
export function isHashAt(layer: Uint8Array, index: number, hash: Uint8Array): boolean {
  return hashAt(layer, index).every((byte, i) => byte === hash[i]);
}

function hashAt(layer: Uint8Array, index: number): Uint8Array {
  return layer.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
}

/** The root over `hashes`, with `filler` for those that lack to `width`, a power of two. */
function rootOf(hashes: readonly Uint8Array[], width: number, filler: Uint8Array): Uint8Array {
  let level = hashes;
  let missing = filler;
  for (let left = width; left > 1; left /= 2) {
    level = pairs(level, missing);
    missing = sha256(missing, missing);
  }
  return level[0] ?? missing;
}

/** The next level up; what is missing from a pair is `missing`. */
function pairs(level: readonly Uint8Array[], missing: Uint8Array): Uint8Array[] {
  const next: Uint8Array[] = [];
  for (let i = 0; i < level.length; i += 2) next.push(sha256(level[i]!, level[i + 1] ?? missing));
  return next;
}

function powerOfTwo(count: number): number {
  return 2 ** Math.ceil(Math.log2(count));
}

function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}
