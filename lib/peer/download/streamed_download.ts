/**
 * The pieces of one file, or of a part of it, passed on in their order as soon as they are verified.
 *
 * @module
 */

import { unlessAborted } from "../../async/until_aborted.ts";
import { BitTrickleError } from "../../errors.ts";
import type { Span } from "../../protocol/byte_range.ts";
import { PIECE_BYTES } from "../../protocol/limits.ts";
import { isPieceOf, pieceBytes, pieceCount } from "../../protocol/merkle.ts";
import type { OpenReceiver, PieceReceiver, ReceiverOptions } from "./download_setting.ts";
import type { Wanted } from "./piece_file.ts";
import { PiecePicker } from "./piece_picker.ts";

/**
 * Pieces asked for from the one on that is being written: enough to keep several sources busy, and all
 * that is kept in memory however slow the reader is.
 */
const WINDOW_PIECES = 8;

/** Takes bytes, which are its own, and resolves when it can take more. */
export type ByteSink = (bytes: Uint8Array) => Promise<void>;

/** A file on its way to a reader. */
export class StreamedDownload implements PieceReceiver<void> {
  readonly picker: PiecePicker;
  readonly kept = 0;
  readonly #wanted: Wanted;
  readonly #span: Span;
  readonly #sink: ByteSink;
  readonly #options: ReceiverOptions;
  readonly #signal: AbortSignal | undefined;
  /** Pieces that came before their turn. */
  readonly #early = new Map<number, Uint8Array>();
  readonly #done = Promise.withResolvers<void>();
  /** The first piece that is not written yet, and the first that is not wanted. */
  #next: number;
  readonly #end: number;
  #bytes = 0;
  #isWriting = false;
  #isClosed = false;

  private constructor(
    wanted: Wanted,
    span: Span,
    readonly layer: Uint8Array,
    sink: ByteSink,
    signal: AbortSignal | undefined,
    options: ReceiverOptions,
  ) {
    this.#wanted = wanted;
    this.#span = span;
    this.#sink = sink;
    this.#signal = signal;
    this.#options = options;
    this.#next = Math.floor(span.start / PIECE_BYTES);
    this.#end = span.start === span.end ? this.#next : Math.ceil(span.end / PIECE_BYTES);
    const pieces = Array.from({ length: pieceCount(wanted.size) }, (_, i) => i);
    this.picker = new PiecePicker(pieces.map((i) => i < this.#next || i >= this.#end));
    this.picker.end = this.#next + WINDOW_PIECES;
    this.#done.promise.catch(() => {});
    options.onProgress?.(0, span.end - span.start);
    if (this.#next === this.#end) this.#done.resolve();
  }

  /** Passes the bytes of `span` on to `sink`, one call at a time, until `signal` fires. */
  static into(
    sink: ByteSink,
    wanted: Wanted,
    span: Span,
    signal?: AbortSignal,
  ): OpenReceiver<void> {
    return (layer, options) => {
      return Promise.resolve(new StreamedDownload(wanted, span, layer, sink, signal, options));
    };
  }

  /** Nothing is left of what came when this fails. */
  get bytes(): number {
    return 0;
  }

  lengthOf(index: number): number {
    return pieceBytes(this.#wanted.size, index);
  }

  add(index: number, piece: Uint8Array): Promise<boolean> {
    if (!isPieceOf(this.layer, this.#wanted.size, index, piece)) {
      return Promise.reject(new BitTrickleError("unverified", "a piece is not the file's"));
    }
    if (!this.picker.finish(index)) return Promise.resolve(false);
    const { start, end } = this.#span;
    const at = index * PIECE_BYTES;
    const wanted = piece.subarray(Math.max(0, start - at), Math.max(0, end - at));
    this.#early.set(index, wanted);
    this.#bytes += wanted.length;
    this.#options.onProgress?.(this.#bytes, end - start);
    if (!this.#isWriting) this.#write();
    return Promise.resolve(true);
  }

  /**
   * Waits until all is written.
   *
   * @throws {BitTrickleError} `interrupted`, or what the sink threw
   */
  async finish(): Promise<void> {
    const { promise } = this.#done;
    await (this.#signal ? unlessAborted(promise, this.#signal) : promise);
  }

  /** A sink that takes nothing more is not waited for. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#early.clear();
    return Promise.resolve();
  }

  /** Writes what is there, in its order. Never rejects. */
  async #write(): Promise<void> {
    this.#isWriting = true;
    try {
      for (;;) {
        const piece = this.#early.get(this.#next);
        if (!piece || this.#isClosed) break;
        this.#early.delete(this.#next);
        await this.#sink(piece);
        this.picker.end = ++this.#next + WINDOW_PIECES;
        this.#options.onRoom();
      }
      if (this.#next === this.#end) this.#done.resolve();
    } catch (error) {
      this.#done.reject(error);
      this.#options.onFailure(error);
    } finally {
      this.#isWriting = false;
    }
  }
}
