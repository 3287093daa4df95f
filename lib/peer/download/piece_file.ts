/**
 * A download in pieces: kept in a part file that outlives any crash, because what is in it is
 * verified again before it counts.
 *
 * @module
 */

import { lstat, statfs } from "node:fs/promises";
import { dirname } from "@std/path";
import { BitTrickleError } from "../../errors.ts";
import type { ContentKey } from "../../protocol/content.ts";
import { formatBytes } from "../../protocol/format_bytes.ts";
import { escapeText } from "../../protocol/escape.ts";
import { PIECE_BYTES } from "../../protocol/limits.ts";
import { isHashAt, pieceBytes, pieceCount } from "../../protocol/merkle.ts";
import { hashPieces } from "../pieces/hash_pieces.ts";
import type { PieceHasher } from "../pieces/piece_hasher.ts";
import { type FileState, stateFrom } from "../share/file_state.ts";
import { identify } from "../share/identify.ts";
import { LockedFile } from "./locked_file.ts";
import { PartCopies } from "./part_copies.ts";
import { SharedFolder } from "../share/shared_folder.ts";
import { NoRoom, type Target } from "./target.ts";

/** Which file is being downloaded. */
export type Wanted = ContentKey;

/** How an earlier part is read. */
export interface PieceFileOptions {
  /** Hashes what an earlier try left. */
  readonly hasher: PieceHasher;
  readonly signal?: AbortSignal | undefined;
  /** Hears how many bytes of an earlier part have been checked. */
  readonly onChecked?: ((bytes: number) => void) | undefined;
  /** A content that is not to be had any more: what is left of it may be in this one, too. */
  readonly replaces?: Wanted | undefined;
}

/** A part file. Disposing of it leaves what it holds to the next try. */
export class PieceFile implements Disposable {
  readonly #part: LockedFile;
  readonly #target: Target;
  readonly #wanted: Wanted;
  readonly #hasher: PieceHasher;
  /** For each piece, whether it is there. */
  had: boolean[];
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(part: LockedFile, target: Target, wanted: Wanted, hasher: PieceHasher) {
    this.#part = part;
    this.#target = target;
    this.#wanted = wanted;
    this.#hasher = hasher;
    this.had = Array<boolean>(pieceCount(wanted.size)).fill(false);
  }

  /**
   * Opens the part file of `target`, with what an earlier try left of the file that `layer` proves.
   * Another download that is at work on the same has one of its own.
   *
   * @throws {BitTrickleError} `exists` if there is no name for it, `disk` or `interrupted`
   */
  static async open(
    target: Target,
    wanted: Wanted,
    layer: Uint8Array,
    options: PieceFileOptions,
  ): Promise<PieceFile> {
    target.makeFolders();
    const copies = new PartCopies(target, wanted);
    if (options.replaces) await copies.takeOver(options.replaces);
    for (const path of copies.paths) {
      const part = await LockedFile.tryOpen(path).catch((cause) => {
        throw target.diskError(cause);
      });
      const file = part && new PieceFile(part, target, wanted, options.hasher);
      if (file && await PieceFile.#recover(file, layer, options)) return file;
    }
    throw new BitTrickleError(
      "exists",
      `Cannot download "${escapeText(target.name)}": other downloads are at work on ` +
        `"${escapeText(copies.paths[0]!)}", or what has that name is no part of it`,
    );
  }

  /** Finds out what is in `file`, and disposes of it if that is no part of what is wanted. */
  static async #recover(
    file: PieceFile,
    layer: Uint8Array,
    options: PieceFileOptions,
  ): Promise<boolean> {
    let isPart = false;
    try {
      isPart = await file.#recoverPieces(layer, options);
      return isPart;
    } catch (cause) {
      throw cause instanceof BitTrickleError ? cause : file.#target.diskError(cause);
    } finally {
      if (!isPart) file[Symbol.dispose]();
    }
  }

  /** Finds out which pieces are there. Returns false if it cannot be a part: it is too long. */
  async #recoverPieces(
    layer: Uint8Array,
    { signal, onChecked }: PieceFileOptions,
  ): Promise<boolean> {
    const { size } = this.#wanted;
    const { size: length } = await this.#part.file.stat();
    if (length > size) return false;
    await hashPieces(this.#hasher, {
      ...{ size, count: pieceCount(length), signal },
      read: (index, piece) => this.#read(index, piece),
      onHash: (index, hash) => {
        this.had[index] = isHashAt(layer, index, hash);
        onChecked?.(index * PIECE_BYTES + pieceBytes(size, index));
      },
    });
    return true;
  }

  /**
   * Makes sure that `bytes` more fit on the disk, as far as the system tells.
   *
   * @throws {BitTrickleError} `disk`
   */
  async assertRoom(bytes: number): Promise<void> {
    const free = await freeBytes(dirname(this.#target.path));
    if (free === undefined || free >= bytes) return;
    const lacks = `the disk has ${formatBytes(free)} left and ${formatBytes(bytes)} are needed`;
    throw this.#target.diskError(new NoRoom(lacks));
  }

  /**
   * Writes one piece to its place.
   *
   * @throws {BitTrickleError} `disk`
   */
  write(index: number, piece: Uint8Array): Promise<void> {
    return this.#inTurn(async () => {
      try {
        this.#part.file.seekSync(index * PIECE_BYTES, Deno.SeekMode.Start);
        for (let done = 0; done < piece.length;) {
          done += await this.#part.file.write(piece.subarray(done));
        }
        this.had[index] = true;
      } catch (cause) {
        throw this.#target.diskError(cause);
      }
    });
  }

  /**
   * A piece that is there, as it stands in the file.
   *
   * @throws {Error} if the disk cannot be read, or the file is closed
   */
  async read(index: number): Promise<Uint8Array> {
    const piece = new Uint8Array(pieceBytes(this.#wanted.size, index));
    const isWhole = await this.#inTurn(() => this.#read(index, piece));
    if (!isWhole) {
      throw new BitTrickleError("disk", "the part file is shorter than it was; try again");
    }
    return piece;
  }

  /** Takes in that a piece is not what it should be: it is not there any more. */
  lose(index: number): void {
    this.had[index] = false;
  }

  /**
   * Gives the complete file its final name, once its bytes are on the disk, and returns what it is
   * like. If another download of the same was quicker, its file stays.
   *
   * @param force Whether a file that has the name is replaced
   * @throws {BitTrickleError} `exists` or `disk`
   */
  async finish(force: boolean): Promise<FileState> {
    await this.#inTurn(() => this.#part.file.syncData()).catch((cause) => {
      throw this.#target.diskError(cause);
    });
    try {
      await this.#target.take(this.#part.path, this.#part.inode, force);
    } catch (error) {
      const isTaken = error instanceof BitTrickleError && error.code === "exists";
      if (!isTaken || !await this.#isThereAlready()) throw error;
      await this.#part.remove();
    }
    await new PartCopies(this.#target, this.#wanted).removeLeft();
    const state = stateFrom(await lstat(this.#target.path, { bigint: true }));
    this[Symbol.dispose]();
    return state;
  }

  [Symbol.dispose](): void {
    this.#part[Symbol.dispose]();
  }

  /** Removes a part file in which nothing is, if it is still the one that was opened. */
  async removeIfEmpty(): Promise<void> {
    if (!this.had.includes(true)) await this.#part.remove();
  }

  /** Whether the file that has the final name is the very file. */
  async #isThereAlready(): Promise<boolean> {
    const { folder, name } = this.#target;
    const file = await new SharedFolder(folder).open(name).catch(() => undefined);
    if (!file) return false;
    try {
      if ((await file.stat()).size !== this.#wanted.size) return false;
      return (await identify(file, this.#hasher)).id === this.#wanted.id;
    } catch {
      return false;
    } finally {
      await file.close();
    }
  }

  async #read(index: number, piece: Uint8Array): Promise<boolean> {
    this.#part.file.seekSync(index * PIECE_BYTES, Deno.SeekMode.Start);
    for (let done = 0; done < piece.length;) {
      const read = await this.#part.file.read(piece.subarray(done));
      if (read === null) return false;
      done += read;
    }
    return true;
  }

  /** A file has one position for all who write. */
  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(run);
    this.#turn = result.catch(() => {});
    return result;
  }
}

/** How many bytes fit on the disk of `folder`; unknown where the system may not be asked. */
async function freeBytes(folder: string): Promise<number | undefined> {
  const { bavail, bsize } = await statfs(folder).catch(() => ({ bavail: NaN, bsize: 1 }));
  return Number.isFinite(bavail) ? bavail * bsize : undefined;
}
