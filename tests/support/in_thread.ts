/**
 * A hasher whose thread is at work: until it has started, the caller hashes.
 *
 * @module
 */

import type { HashedPiece, PieceHasher } from "../../lib/peer/pieces/piece_hasher.ts";
import { PIECE_BYTES } from "../../lib/protocol/limits.ts";
import { someBytes } from "./bytes.ts";
import { waitFor } from "./wait_for.ts";

/** Hashes a piece again and again, until that is done in the thread; returns what came of it. */
export async function untilInThread(hasher: PieceHasher): Promise<HashedPiece> {
  let hashing: Promise<HashedPiece> | undefined;
  await waitFor("the thread to start", () => {
    const piece = someBytes(PIECE_BYTES);
    hashing = hasher.hash(piece, false);
    // What waits fails later at the latest, and that is for the caller.
    hashing.catch(() => {});
    // A buffer is gone as soon as the thread has it.
    return piece.length === 0;
  });
  return await hashing!;
}
