/**
 * The pieces of one file put together: what is there, what is missing, and what may be added.
 *
 * @module
 */

import { BitTrickleError } from "../../errors.ts";
import { HASH_BYTES, isHashAt, pieceBytes } from "../../protocol/merkle.ts";
import type { PieceHasher } from "../pieces/piece_hasher.ts";
import type { OpenReceiver, PieceReceiver } from "./download_setting.ts";
import type { FileState } from "../share/file_state.ts";
import type { ServedContent } from "../share/served_content.ts";
import type { DownloadShare } from "./download_share.ts";
import { PieceFile, type Wanted } from "./piece_file.ts";
import { PiecePicker } from "./piece_picker.ts";
import type { Target } from "./target.ts";

/** How a file is put together. */
export interface PartialDownloadOptions {
  readonly signal: AbortSignal;
  readonly hasher: PieceHasher;
  /** Hears how many bytes of the file there are, of how many. */
  readonly onProgress?: ((bytes: number, total: number) => void) | undefined;
  /** What had the target's name until now, see {@linkcode PieceFileOptions}. */
  readonly replaces?: Wanted | undefined;
  /** Serves what is there to others. @default nobody does */
  readonly share?: DownloadShare | undefined;
}

/** A file in the making whose hashes are known. Disposing of it keeps what is there. */
export class PartialDownload implements PieceReceiver<FileState>, ServedContent {
  readonly id: string;
  readonly size: number;
  readonly picker: PiecePicker;
  /** How many bytes an earlier try had left. */
  readonly kept: number;
  readonly #part: PieceFile;
  readonly #hasher: PieceHasher;
  readonly #onProgress: (bytes: number, total: number) => void;
  readonly #share: DownloadShare | undefined;
  #bytes: number;
  #isFinishing = false;

  private constructor(
    { id, size }: Wanted,
    /** The hashes of its pieces. */
    readonly layer: Uint8Array,
    part: PieceFile,
    { hasher, onProgress = () => {}, share }: PartialDownloadOptions,
  ) {
    this.id = id;
    this.size = size;
    this.#share = share;
    this.#hasher = hasher;
    this.#part = part;
    this.#onProgress = onProgress;
    const start = share ? Math.floor(Math.random() * part.had.length) : 0;
    this.picker = new PiecePicker(part.had, start);
    this.kept = part.had.reduce((sum, had, i) => sum + (had ? pieceBytes(size, i) : 0), 0);
    this.#bytes = this.kept;
  }

  /** Opens the part file of `target`; what `replaces` is, {@linkcode PieceFileOptions} says. */
  static into(
    target: Target,
    wanted: Wanted,
    hasher: PieceHasher,
    more: Pick<PartialDownloadOptions, "replaces" | "share"> = {},
  ): OpenReceiver<FileState> {
    return (layer, { signal, onProgress }) => {
      return PartialDownload.open(target, wanted, layer, { signal, hasher, onProgress, ...more });
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
    const { signal, hasher, replaces } = options;
    const onChecked = (bytes: number) => options.onProgress?.(bytes, wanted.size);
    const opening = { signal, hasher, onChecked, replaces };
    const part = await PieceFile.open(target, wanted, layer, opening);
    const partial = new PartialDownload(wanted, layer, part, options);
    try {
      await part.assertRoom(wanted.size - partial.kept);
      options.onProgress?.(partial.kept, wanted.size);
      options.share?.begin(partial);
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
    return pieceBytes(this.size, index);
  }

  /**
   * Takes in a piece, whose buffer may be gone from then on. Returns false if it was there already.
   *
   * @throws {BitTrickleError} `unverified` if it is not the file's, or `disk`
   * @throws {Error} as {@linkcode PieceHasher.hash}
   */
  async add(index: number, content: Uint8Array): Promise<boolean> {
    const piece = await this.#verified(index, content);
    if (this.#part.had[index]) return false;
    await this.#part.write(index, piece);
    free(piece);
    if (!this.picker.finish(index)) return false;
    this.#bytes += this.lengthOf(index);
    this.#onProgress(this.#bytes, this.size);
    return true;
  }

  has(index: number): boolean {
    return this.#part.had[index] ?? false;
  }

  /**
   * A piece that is there, for others.
   *
   * @throws {Error} as {@linkcode PieceFile.read}
   */
  async read(index: number): Promise<Uint8Array> {
    return await this.#part.read(index);
  }

  /** Takes in that a piece that is there is not what it was: it is fetched again. */
  lose(index: number): void {
    if (!this.has(index) || this.#isFinishing) return;
    this.#part.lose(index);
    this.picker.lose(index);
    this.#bytes -= this.lengthOf(index);
  }

  /** The piece, in whatever buffer it is by then. */
  async #verified(index: number, content: Uint8Array): Promise<Uint8Array> {
    const hasRightLength = content.length === this.lengthOf(index);
    const { hash, piece } = await this.#hasher.hash(content, this.layer.length === HASH_BYTES);
    if (hasRightLength && isHashAt(this.layer, index, hash)) return piece;
    throw new BitTrickleError("unverified", "a piece is not the file's");
  }

  /**
   * Gives the complete file its name, see {@linkcode PieceFile.finish}.
   *
   * @throws {BitTrickleError} `exists` or `disk`
   */
  async finish(force: boolean): Promise<FileState> {
    this.#isFinishing = true;
    const state = await this.#part.finish(force);
    this.#share?.finish(this, state);
    return state;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#share?.end(this);
    this.#part[Symbol.dispose]();
    await this.#part.removeIfEmpty();
  }
}

/** Frees the memory of `piece` if nothing else is in it: the garbage collector takes its time. */
function free({ buffer, length }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === length) buffer.transfer(0);
}
