/**
 * What a content is called, computed straight from its bytes.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { PIECE_BYTES } from "../../lib/protocol/limits.ts";
import { PieceHasher } from "../../lib/peer/pieces/piece_hasher.ts";
import { HASH_BYTES, hashPiece, idOf, pieceCount } from "../../lib/protocol/merkle.ts";

/** A content and its hashes. */
export interface Hashed {
  readonly content: Uint8Array;
  readonly size: number;
  /** In hexadecimal. */
  readonly id: string;
  /** The hashes of its pieces, one after the other. */
  readonly layer: Uint8Array;
}

/** Hashes `content`. */
export function hashed(content: Uint8Array): Hashed {
  const count = pieceCount(content.length);
  const layer = new Uint8Array(count * HASH_BYTES);
  for (let i = 0; i < count; i++) {
    layer.set(hashPiece(pieceOf(content, i), count === 1), i * HASH_BYTES);
  }
  return { content, size: content.length, id: idOf(layer), layer };
}

/** The piece `index` of `content`. */
export function pieceOf(content: Uint8Array, index: number): Uint8Array {
  return content.subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES);
}

/** Hashes without a thread of its own. */
export const HASHER = new PieceHasher({ startAfter: Infinity });

/** Which piece of `content` each of `records` is; -1 for one that is none. */
export function piecesIn(content: Uint8Array, records: readonly Uint8Array[]): number[] {
  const pieces = Array.from({ length: pieceCount(content.length) }, (_, i) => pieceOf(content, i));
  return records.map((record) => pieces.findIndex((piece) => Buffer.compare(piece, record) === 0));
}
