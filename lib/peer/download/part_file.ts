/**
 * A plain download in the making: complete and under its final name, or not there.
 *
 * @module
 */

import { BitTrickleError } from "../../errors.ts";
import { escapeText } from "../../protocol/escape.ts";
import { type Inode, removeIfStill } from "../share/inode.ts";
import { type Target } from "./target.ts";

/** Collects a download in `.<name>.part`. Disposing of it before it is finished removes that file. */
export class PartFile implements AsyncDisposable {
  readonly #file: Deno.FsFile;
  readonly #inode: Inode;
  readonly #path: string;
  readonly #target: Target;
  #open = true;
  #finished = false;

  private constructor(file: Deno.FsFile, inode: Inode, path: string, target: Target) {
    this.#file = file;
    this.#inode = inode;
    this.#path = path;
    this.#target = target;
  }

  /**
   * Creates the part file of `target`. Nothing that is there is opened or replaced.
   *
   * @throws {BitTrickleError} `exists` if the part file is there, `disk` otherwise
   */
  static async create(target: Target): Promise<PartFile> {
    const path = target.partPath();
    try {
      const file = await Deno.open(path, { write: true, createNew: true });
      return new PartFile(file, await file.stat(), path, target);
    } catch (cause) {
      if (!(cause instanceof Deno.errors.AlreadyExists)) throw target.diskError(cause);
      throw new BitTrickleError(
        "exists",
        `Cannot download "${escapeText(target.name)}": "${escapeText(path)}" is there, from a ` +
          "download that still runs or was cut off; if none runs, remove it and try again",
        { cause },
      );
    }
  }

  /**
   * Appends all of `bytes`.
   *
   * @throws {BitTrickleError} `disk`
   */
  async write(bytes: Uint8Array): Promise<void> {
    try {
      for (let done = 0; done < bytes.length;) done += await this.#file.write(bytes.subarray(done));
    } catch (cause) {
      throw this.#target.diskError(cause);
    }
  }

  /**
   * Gives the file its final name, once its bytes are on the disk.
   *
   * @param force Whether a file that has the name is replaced. @default {false}
   * @throws {BitTrickleError} `exists` or `disk`
   */
  async finish(force = false): Promise<void> {
    await this.#file.syncData().catch((cause) => {
      throw this.#target.diskError(cause);
    });
    this.#close();
    await this.#target.take(this.#path, this.#inode, force);
    this.#finished = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#close();
    if (!this.#finished) await removeIfStill(this.#path, this.#inode);
  }

  #close(): void {
    if (this.#open) this.#file.close();
    this.#open = false;
  }
}
