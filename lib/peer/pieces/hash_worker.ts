/**
 * The thread that hashes pieces, so that sockets never wait for that.
 *
 * @module
 */

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

/** The part of a worker's global scope that is used here; the types of Deno are those of a window. */
interface WorkerScope {
  onmessage: (event: MessageEvent<HashRequest>) => void;
  postMessage(reply: HashReply, transfer: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;

scope.onmessage = ({ data: { piece, isOnly } }) => {
  scope.postMessage({ hash: hashPiece(piece, isOnly), piece }, [piece.buffer]);
};

scope.postMessage("ready", []);
