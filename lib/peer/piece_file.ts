/**
 * A download in pieces: kept in a part file that outlives any crash, because what is in it is
 * verified again before it counts.
 *
 * @module
 */

import { lstat, statfs } from "node:fs/promises";
import { BitTrickleError, interrupted } from "../errors.ts";
import { formatBytes } from "../protocol/format_bytes.ts";
import { escapeText } from "../protocol/escape.ts";
import { PIECE_BYTES } from "../protocol/limits.ts";
import { isPieceOf, pieceBytes, pieceCount } from "../protocol/merkle.ts";
import { type FileState, stateFrom } from "./file_state.ts";
import {
  type Inode,
  isSameInode,
  lstatIfThere,
  NoRoom,
  removeIfStill,
  type Target,
} from "./target.ts";

/** Which file is being downloaded. */
export interface Wanted {
  /** Bytes. */
  readonly size: number;
  /** Its id in hexadecimal. */
  readonly id: string;
}

/** How an earlier part is read. */
export interface PieceFileOptions {
  readonly signal?: AbortSignal | undefined;
  /** Hears how many bytes of an earlier part have been checked. */
  readonly onChecked?: ((bytes: number) => void) | undefined;
  /** Whether what has the plain name was left by the download of a content that is replaced. */
  readonly isReplacement?: boolean | undefined;
}

/** Digits of the id that mark a part file whose plain name is taken. */
const MARK_DIGITS = 8;

/** A part file. Disposing of it leaves what it holds to the next try. */
export class PieceFile implements Disposable {
  readonly #file: Deno.FsFile;
  readonly #inode: Inode;
  readonly #path: string;
  readonly #target: Target;
  /** For each piece, whether it is there. */
  had: boolean[];
  #turn: Promise<unknown> = Promise.resolve();
  #open = true;

  private constructor(
    file: Deno.FsFile,
    inode: Inode,
    path: string,
    target: Target,
    count: number,
  ) {
    this.#file = file;
    this.#inode = inode;
    this.#path = path;
    this.#target = target;
    this.had = Array<boolean>(count).fill(false);
  }

  /**
   * Opens the part file of `target`, with what an earlier try left of the file that `layer` proves.
   * What is in the way and is not part of it stays as it is.
   *
   * @throws {BitTrickleError} `exists` if there is no name for it, `disk` or `interrupted`
   */
  static async open(
    target: Target,
    wanted: Wanted,
    layer: Uint8Array,
    options: PieceFileOptions = {},
  ): Promise<PieceFile> {
    await target.makeFolders();
    for (const mark of ["", wanted.id.slice(0, MARK_DIGITS)]) {
      const part = await PieceFile.#tryOpen(target, target.partPath(mark), wanted);
      if (!part) continue;
      // A name with the id in it is nobody else's, even if a kill within the first piece left it.
      const isOurs = mark !== "" || (options.isReplacement ?? false);
      const isPart = await part.#recover(wanted, layer, isOurs, options).catch((cause) => {
        part[Symbol.dispose]();
        throw cause instanceof BitTrickleError ? cause : target.diskError(cause);
      });
      if (isPart) return part;
      part[Symbol.dispose]();
    }
    throw new BitTrickleError(
      "exists",
      `Cannot download "${escapeText(target.name)}": "${escapeText(target.partPath())}" is not ` +
        "a part of it, or another download is at work on it: remove it and try again",
    );
  }

  /** Opens or creates the file at `path`, if it is nobody else's. */
  static async #tryOpen(
    target: Target,
    path: string,
    { size }: Wanted,
  ): Promise<PieceFile | undefined> {
    try {
      const before = await lstatIfThere(path);
      if (before && (!before.isFile || (before.nlink ?? 1) > 1)) return undefined;
      const file = await Deno.open(path, { read: true, write: true, createNew: !before });
      const opened = await file.stat();
      const part = new PieceFile(file, opened, path, target, pieceCount(size));
      const isSame = !before || isSameInode(before, opened);
      if (isSame && await isAlone(file)) return part;
      part[Symbol.dispose]();
    } catch (cause) {
      if (!(cause instanceof Deno.errors.AlreadyExists)) throw target.diskError(cause);
    }
  }

  /**
   * Finds out which pieces are there. Returns false if there is content and none of it is right:
   * then it is not this file's, unless `isOurs`.
   */
  async #recover(
    { size }: Wanted,
    layer: Uint8Array,
    isOurs: boolean,
    { signal, onChecked }: PieceFileOptions,
  ): Promise<boolean> {
    const { size: length } = await this.#file.stat();
    // A part is never longer than the whole, however it begins.
    if (length > size && !isOurs) return false;
    const buffer = new Uint8Array(Math.min(PIECE_BYTES, size));
    for (let i = 0; i < this.had.length && i * PIECE_BYTES < length; i++) {
      if (signal?.aborted) throw interrupted();
      const piece = buffer.subarray(0, pieceBytes(size, i));
      this.had[i] = await this.#read(i, piece) && isPieceOf(layer, size, i, piece);
      onChecked?.(i * PIECE_BYTES + piece.length);
    }
    if (length > 0 && !isOurs && !this.had.includes(true)) return false;
    if (length > size) await this.#file.truncate(size);
    return true;
  }

  /**
   * Makes sure that `bytes` more fit on the disk, as far as the system tells.
   *
   * @throws {BitTrickleError} `disk`
   */
  async assertRoom(bytes: number): Promise<void> {
    const room = await freeBytes(this.#target.folder);
    if (room === undefined || room >= bytes) return;
    const lacks = `the disk has ${formatBytes(room)} left and ${formatBytes(bytes)} are needed`;
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
        this.#file.seekSync(index * PIECE_BYTES, Deno.SeekMode.Start);
        for (let done = 0; done < piece.length;) {
          done += await this.#file.write(piece.subarray(done));
        }
        this.had[index] = true;
      } catch (cause) {
        throw this.#target.diskError(cause);
      }
    });
  }

  /**
   * Gives the complete file its final name, once its bytes are on the disk, and returns what it is
   * like.
   *
   * @param force Whether a file that has the name is replaced
   * @throws {BitTrickleError} `exists` or `disk`
   */
  async finish(force: boolean): Promise<FileState> {
    await this.#inTurn(() => this.#file.syncData()).catch((cause) => {
      throw this.#target.diskError(cause);
    });
    await this.#target.take(this.#path, this.#inode, force);
    this[Symbol.dispose]();
    return stateFrom(await lstat(this.#target.path, { bigint: true }));
  }

  [Symbol.dispose](): void {
    if (this.#open) this.#file.close();
    this.#open = false;
  }

  /** Removes a part file in which nothing is, if it is still the one that was opened. */
  async removeIfEmpty(): Promise<void> {
    if (this.had.includes(true)) return;
    await removeIfStill(this.#path, this.#inode);
  }

  async #read(index: number, piece: Uint8Array): Promise<boolean> {
    this.#file.seekSync(index * PIECE_BYTES, Deno.SeekMode.Start);
    for (let done = 0; done < piece.length;) {
      const read = await this.#file.read(piece.subarray(done));
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

/** Whether no other program is at work on `file`, as far as the system tells. */
async function isAlone(file: Deno.FsFile): Promise<boolean> {
  return await file.tryLock(true);
}
