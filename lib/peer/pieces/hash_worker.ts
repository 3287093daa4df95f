/**
 * The thread that hashes pieces, so that sockets never wait for that.
 *
 * @module
 */

import { threadScope } from "../../async/thread_scope.ts";
import { hashPiece } from "../../protocol/merkle.ts";

/** A piece that fills its buffer, which is transferred to the thread. */
export interface HashRequest {
  readonly piece: Uint8Array<ArrayBuffer>;
  /** See {@linkcode hashPiece}. */
  readonly isOnly: boolean;
}

/** That the thread has started; then an answer to each request, in their order. */
export type HashReply = "ready" | {
  readonly hash: Uint8Array;
  /** What was sent, to be used again. */
  readonly piece: Uint8Array<ArrayBuffer>;
};

const scope = threadScope<HashRequest, HashReply>();

scope.onmessage = ({ data: { piece, isOnly } }) => {
  scope.postMessage({ hash: hashPiece(piece, isOnly), piece }, [piece.buffer]);
};

scope.postMessage("ready");
