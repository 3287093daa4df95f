/**
 * Finding out what a file is: reading all of it.
 *
 * @module
 */

import type { FileHandle } from "node:fs/promises";
import { BitTrickleError } from "../../errors.ts";
import { MAX_PIECES, PIECE_BYTES } from "../../protocol/limits.ts";
import { HASH_BYTES, idOf, pieceBytes, pieceCount } from "../../protocol/merkle.ts";
import { hashPieces } from "../pieces/hash_pieces.ts";
import type { PieceHasher } from "../pieces/piece_hasher.ts";
import { isSameState, stateOf } from "./file_state.ts";
import { throwFault } from "./find_on_disk.ts";
import type { Identity } from "./identity.ts";

/** How a file is read. */
export interface IdentifyOptions {
  readonly signal?: AbortSignal | undefined;
  /** Hears how many bytes have been read, of how many. */
  readonly onProgress?: ((bytes: number, total: number) => void) | undefined;
}

/**
 * Hashes all of `file`.
 *
 * @throws {BitTrickleError} `disk` if it changes meanwhile, is larger than 1 TiB or cannot be read,
 * `interrupted`
 * @throws {Error} as {@linkcode PieceHasher.hash}
 */
export async function identify(
  file: FileHandle,
  hasher: PieceHasher,
  { signal, onProgress }: IdentifyOptions = {},
): Promise<Identity> {
  const state = await stateOf(file).catch(throwFault);
  const { size } = state;
  const count = pieceCount(size);
  if (count > MAX_PIECES) throw new BitTrickleError("disk", "it is larger than 1 TiB");
  const layer = new Uint8Array(count * HASH_BYTES);
  await hashPieces(hasher, {
    ...{ size, count, signal },
    read: async (index, piece) => {
      if (await readPiece(file, piece, index).catch(throwFault)) return true;
      throw changed();
    },
    onHash: (index, hash) => {
      layer.set(hash, index * HASH_BYTES);
      onProgress?.(index * PIECE_BYTES + pieceBytes(size, index), size);
    },
  });
  if (!isSameState(state, await stateOf(file).catch(throwFault))) throw changed();
  return { id: idOf(layer), layer, state };
}

/** Fills `piece` with the bytes of the piece `index`. Returns false if the file has too few. */
export async function readPiece(
  file: FileHandle,
  piece: Uint8Array,
  index: number,
): Promise<boolean> {
  for (let done = 0; done < piece.length;) {
    const at = index * PIECE_BYTES + done;
    const { bytesRead } = await file.read(piece, done, piece.length - done, at);
    if (bytesRead === 0) return false;
    done += bytesRead;
  }
  return true;
}

function changed(): BitTrickleError {
  return new BitTrickleError("disk", "it was changed while it was read; try again");
}
