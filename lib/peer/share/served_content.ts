/**
 * What is served of a content, whichever file of this machine has it, whole or in part.
 *
 * @module
 */

import type { ContentKey } from "../../protocol/content.ts";

/** A content, and as much of it as can be served at this moment. */
export interface ServedContent extends ContentKey {
  /** The hashes of its pieces, one after the other. */
  readonly layer: Uint8Array;

  /** Whether the piece is there and has been verified. No piece is beyond the end. */
  has(piece: number): boolean;

  /**
   * The bytes of a piece that is there. Nobody changes them before the same reader reads again.
   *
   * @throws {BitTrickleError} `changed` if it is not what it was, `not_found` if it is there no more
   * @throws {Error} if it cannot be read now
   */
  read(piece: number): Promise<Uint8Array>;

  /** Takes in that what was read as `piece` is not what its hash says: it must not be had any more. */
  lose(piece: number): void;
}
