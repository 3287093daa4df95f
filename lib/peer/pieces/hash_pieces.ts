/**
 * Hashing the pieces of a file, one after the other.
 *
 * @module
 */

import { interrupted } from "../../errors.ts";
import { PIECE_BYTES } from "../../protocol/limits.ts";
import { pieceBytes, pieceCount } from "../../protocol/merkle.ts";
import type { PieceHasher } from "./piece_hasher.ts";

/** A file of which pieces are hashed. */
export interface PiecesToHash {
  /** Bytes of the whole file. */
  readonly size: number;
  /** How many pieces are there, from the first one on. */
  readonly count: number;
  readonly signal?: AbortSignal | undefined;
  /** Fills `piece` with the piece `index`. Returns false if that one is not there. */
  readonly read: (index: number, piece: Uint8Array) => Promise<boolean>;
  /** Hears the hash of each piece that is there. */
  readonly onHash: (index: number, hash: Uint8Array) => void;
}

/**
 * Hashes pieces in their order: each while the next one is read, so that two are in memory.
 *
 * @throws {BitTrickleError} `interrupted`
 * @throws what `read` throws, or as {@linkcode PieceHasher.hash}
 */
export async function hashPieces(hasher: PieceHasher, file: PiecesToHash): Promise<void> {
  const { size, count, signal, read, onHash } = file;
  const isOnly = pieceCount(size) === 1;
  const spare: Uint8Array[] = [];
  let hashing = Promise.resolve();
  try {
    for (let i = 0; i < count; i++) {
      if (signal?.aborted) throw interrupted();
      const buffer = spare.pop() ?? new Uint8Array(Math.min(PIECE_BYTES, size));
      const piece = buffer.subarray(0, pieceBytes(size, i));
      const isThere = await read(i, piece);
      await hashing;
      if (!isThere) spare.push(buffer);
      else {
        hashing = hasher.hash(piece, isOnly).then(({ hash, piece }) => {
          spare.push(piece);
          onHash(i, hash);
        });
        hashing.catch(() => {});
      }
    }
  } finally {
    await hashing;
  }
}
