/**
 * What is served of a shared file, for as long as it is what was published.
 *
 * @module
 */

import type { FileHandle } from "node:fs/promises";
import { BitTrickleError } from "../../errors.ts";
import { escapeText } from "../../protocol/escape.ts";
import { pieceBytes, pieceCount } from "../../protocol/merkle.ts";
import { SMALL_FILE_BYTES, type SmallContent } from "./read_small.ts";
import { isSameState, stateOf } from "./file_state.ts";
import { readPiece } from "./identify.ts";
import type { ServedContent } from "./served_content.ts";
import type { SharedFile } from "./identity.ts";

/** What a {@linkcode SharedContent} works with. */
export interface SharedContentSetting {
  /** Opens a file of the shared folder, as `SharedFolder.open` does. */
  readonly open: (name: string) => Promise<FileHandle>;
  /** All of a small file, unless anything stands in the way. */
  readonly readSmall: (file: SharedFile) => Promise<SmallContent>;
  /** Hears of a file that is not what it was. */
  readonly onChanged: (file: SharedFile) => void;
  /** Whether the file `id` may be hashed again because of what a downloader says. */
  readonly mayHashAgain: (id: string) => boolean;
}

/** One reader's view of a shared file. The file is opened when it is first read, and kept open. */
export class SharedContent implements ServedContent, AsyncDisposable {
  readonly #file: SharedFile;
  readonly #setting: SharedContentSetting;
  #open: FileHandle | undefined;
  #buffer = new Uint8Array();

  constructor(file: SharedFile, setting: SharedContentSetting) {
    this.#file = file;
    this.#setting = setting;
  }

  get id(): string {
    return this.#file.id;
  }

  get size(): number {
    return this.#file.state.size;
  }

  get layer(): Uint8Array {
    return this.#file.layer;
  }

  /** Whether this is a view of `file`, as it is known now. */
  isOf(file: SharedFile): boolean {
    const { name, id, state } = this.#file;
    return name === file.name && id === file.id && isSameState(state, file.state);
  }

  has(piece: number): boolean {
    return piece < pieceCount(this.size);
  }

  /**
   * The piece, unless the file is not what was published any more. The next call overwrites it.
   *
   * @throws {BitTrickleError} `changed`, or `not_found` if it is gone
   */
  async read(piece: number): Promise<Uint8Array> {
    const small = this.#isSmall ? await this.#setting.readSmall(this.#file) : undefined;
    if (small) return small;
    const file = this.#open ??= await this.#opened();
    const length = pieceBytes(this.size, piece);
    if (this.#buffer.length < length) this.#buffer = new Uint8Array(length);
    const bytes = this.#buffer.subarray(0, length);
    const isWhole = await readPiece(file, bytes, piece).catch(() => false);
    if (isWhole && isSameState(this.#file.state, await stateOf(file))) return bytes;
    await this[Symbol.asyncDispose]();
    throw this.#changed();
  }

  lose(): void {
    if (this.#setting.mayHashAgain(this.id)) this.#setting.onChanged(this.#file);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const file = this.#open;
    this.#open = undefined;
    await file?.close();
  }

  get #isSmall(): boolean {
    return this.size > 0 && this.size <= SMALL_FILE_BYTES;
  }

  async #opened(): Promise<FileHandle> {
    try {
      return await this.#setting.open(this.#file.name);
    } catch (error) {
      const changed = this.#changed();
      throw error instanceof BitTrickleError && error.code === "not_found" ? error : changed;
    }
  }

  #changed(): BitTrickleError {
    this.#setting.onChanged(this.#file);
    return new BitTrickleError("changed", `"${escapeText(this.#file.name)}" has changed`);
  }
}
