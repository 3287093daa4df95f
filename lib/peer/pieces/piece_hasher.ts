/**
 * Hashing pieces: in a thread of its own, once there are so many that it is worth one.
 *
 * @module
 */

import { BitTrickleError, interrupted } from "../../errors.ts";
import { listenTo } from "../../async/thread_link.ts";
import { PIECE_BYTES } from "../../protocol/limits.ts";
import { hashPiece } from "../../protocol/merkle.ts";
import type { HashReply, HashRequest } from "./hash_worker.ts";

/** Pieces after which the thread is started: fewer are hashed in less time than it takes to start. */
const START_AFTER_PIECES = 16;

/** A piece and its hash. */
export interface HashedPiece {
  readonly hash: Uint8Array;
  /** The same bytes, in the buffer that came back. */
  readonly piece: Uint8Array;
}

/** What a {@linkcode PieceHasher} may do otherwise. */
export interface PieceHasherOptions {
  /** Starts the thread. @default that of this program */
  readonly start?: (() => Worker) | undefined;
  /** After how many pieces it is started. @default {START_AFTER_PIECES} */
  readonly startAfter?: number | undefined;
}

/**
 * Hashes pieces. One for each client: one thread hashes more than disks and networks bring. Until it
 * has started, and when this has been disposed of, the caller's own thread does the work.
 */
export class PieceHasher implements Disposable {
  readonly #start: () => Worker;
  /** Whole pieces that are hashed here before the thread is started. */
  #untilStart: number;
  #worker: Worker | undefined;
  #isReady = false;
  /** Those whose pieces the thread has, in their order. */
  #waiting: PromiseWithResolvers<HashedPiece>[] = [];

  constructor({ start = startWorker, startAfter = START_AFTER_PIECES }: PieceHasherOptions = {}) {
    this.#start = start;
    this.#untilStart = startAfter;
  }

  /**
   * Hashes `piece`, see {@linkcode hashPiece}. If it is a whole piece and fills its buffer, the buffer
   * may be gone from then on: it comes back with the hash.
   *
   * @throws {BitTrickleError} `interrupted` if this is disposed of meanwhile
   * @throws {Error} if the thread breaks down; the next call starts another
   */
  async hash(piece: Uint8Array, isOnly: boolean): Promise<HashedPiece> {
    if (!isTransferable(piece)) return { hash: hashPiece(piece, isOnly), piece };
    const worker = this.#readyWorker();
    if (!worker) return { hash: hashPiece(piece, isOnly), piece };
    const answer = Promise.withResolvers<HashedPiece>();
    this.#waiting.push(answer);
    worker.postMessage({ piece, isOnly } satisfies HashRequest, [piece.buffer]);
    return await answer.promise;
  }

  /** Ends the thread. What it has not answered fails. */
  [Symbol.dispose](): void {
    this.#untilStart = Infinity;
    this.#stop(interrupted());
  }

  /** The thread, if it is there already. */
  #readyWorker(): Worker | undefined {
    if (!this.#worker && this.#untilStart-- <= 0) this.#worker = this.#listenTo(this.#start());
    return this.#isReady ? this.#worker : undefined;
  }

  #listenTo(worker: Worker): Worker {
    return listenTo<HashReply>(worker, {
      onReply: (reply) => {
        if (reply === "ready") this.#isReady = true;
        else this.#waiting.shift()?.resolve(reply);
      },
      onBroken: (reason) => {
        // One that cannot even start would not do so the next time.
        if (!this.#isReady) this.#untilStart = Infinity;
        const message = `The thread that verifies pieces has broken down (${reason}): try again`;
        this.#stop(new BitTrickleError("disk", message));
      },
    });
  }

  #stop(error: Error): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#isReady = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { reject } of waiting) reject(error);
  }
}

function startWorker(): Worker {
  return new Worker(new URL("./hash_worker.ts", import.meta.url), { type: "module" });
}

/** Only a buffer that holds nothing else may go; and what is small is hashed before it would be there. */
function isTransferable(piece: Uint8Array): piece is Uint8Array<ArrayBuffer> {
  const { buffer, length } = piece;
  return length === PIECE_BYTES && buffer.byteLength === length && buffer instanceof ArrayBuffer;
}
