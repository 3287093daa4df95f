/**
 * The pieces of one file put together: what is there, what is missing, and what may be added.
 *
 * @module
 */

import { BitTrickleError } from "../../errors.ts";
import { isPieceOf, pieceBytes } from "../../protocol/merkle.ts";
import type { OpenReceiver, PieceReceiver } from "./download_setting.ts";
import type { FileState } from "../share/file_state.ts";
import { PieceFile, type Wanted } from "./piece_file.ts";
import { PiecePicker } from "./piece_picker.ts";
import type { Target } from "./target.ts";

/** How a file is put together. */
export interface PartialDownloadOptions {
  readonly signal: AbortSignal;
  /** Hears how many bytes of the file there are, of how many. */
  readonly onProgress?: ((bytes: number, total: number) => void) | undefined;
  /** What had the target's name until now, see {@linkcode PieceFileOptions}. */
  readonly replaces?: Wanted | undefined;
}

/** A file in the making whose hashes are known. Disposing of it keeps what is there. */
export class PartialDownload implements PieceReceiver<FileState> {
  readonly picker: PiecePicker;
  /** How many bytes an earlier try had left. */
  readonly kept: number;
  readonly #wanted: Wanted;
  readonly #part: PieceFile;
  readonly #onProgress: (bytes: number, total: number) => void;
  #bytes: number;

  private constructor(
    wanted: Wanted,
    /** The hashes of its pieces. */
    readonly layer: Uint8Array,
    part: PieceFile,
    { onProgress = () => {} }: PartialDownloadOptions,
  ) {
    this.#wanted = wanted;
    this.#part = part;
    this.#onProgress = onProgress;
    this.picker = new PiecePicker(part.had);
    this.kept = part.had.reduce((sum, had, i) => sum + (had ? pieceBytes(wanted.size, i) : 0), 0);
    this.#bytes = this.kept;
  }

  /** Opens the part file of `target`; what `replaces` is, {@linkcode PieceFileOptions} says. */
  static into(target: Target, wanted: Wanted, replaces?: Wanted): OpenReceiver<FileState> {
    return (layer, { signal, onProgress }) => {
      return PartialDownload.open(target, wanted, layer, { signal, onProgress, replaces });
    };
  }

  /**
   * Begins with what an earlier try has left, and makes sure that the rest fits on the disk.
   *
   * @throws {BitTrickleError} `exists`, `disk` or `interrupted`
   */
  static async open(
    target: Target,
    wanted: Wanted,
    layer: Uint8Array,
    options: PartialDownloadOptions,
  ): Promise<PartialDownload> {
    const { signal, replaces } = options;
    const onChecked = (bytes: number) => options.onProgress?.(bytes, wanted.size);
    const part = await PieceFile.open(target, wanted, layer, { signal, onChecked, replaces });
    const partial = new PartialDownload(wanted, layer, part, options);
    try {
      await part.assertRoom(wanted.size - partial.kept);
      return partial;
    } catch (error) {
      await partial[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** How many bytes of the file there are. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many bytes the piece `index` has. */
  lengthOf(index: number): number {
    return pieceBytes(this.#wanted.size, index);
  }

  /**
   * Takes in a piece. Returns false if it was there already.
   *
   * @throws {BitTrickleError} `unverified` if it is not the file's, or `disk`
   */
  async add(index: number, piece: Uint8Array): Promise<boolean> {
    if (!isPieceOf(this.layer, this.#wanted.size, index, piece)) {
      throw new BitTrickleError("unverified", "a piece is not the file's");
    }
    if (this.#part.had[index]) return false;
    await this.#part.write(index, piece);
    if (!this.picker.finish(index)) return false;
    this.#bytes += piece.length;
    this.#onProgress(this.#bytes, this.#wanted.size);
    return true;
  }

  /**
   * Gives the complete file its name, see {@linkcode PieceFile.finish}.
   *
   * @throws {BitTrickleError} `exists` or `disk`
   */
  async finish(force: boolean): Promise<FileState> {
    return await this.#part.finish(force);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#part[Symbol.dispose]();
    await this.#part.removeIfEmpty();
  }
}
