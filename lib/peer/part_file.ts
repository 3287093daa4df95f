/**
 * A file in the making: complete and under its final name, or not there.
 *
 * @module
 */

import { join } from "@std/path";
import { BitTrickleError, reasonOf } from "../errors.ts";
import { escapeText } from "../protocol/escape.ts";
import { NAME_SEGMENT_BYTES } from "../protocol/limits.ts";
import { utf8Length } from "../protocol/utf8.ts";

const SUFFIX = ".part";

/** Collects a download in `<name>.part`. Disposing of it before it is finished removes that file. */
export class PartFile implements AsyncDisposable {
  readonly #file: Deno.FsFile;
  readonly #partPath: string;
  readonly #name: string;
  readonly #folder: string;
  #open = true;
  #finished = false;

  private constructor(file: Deno.FsFile, partPath: string, name: string, folder: string) {
    this.#file = file;
    this.#partPath = partPath;
    this.#name = name;
    this.#folder = folder;
  }

  /**
   * Creates the part file of `name` in `folder`. Nothing that is there is opened or replaced.
   *
   * @throws {BitTrickleError} `exists` if the file or its part file is there, `disk` otherwise
   */
  static async create(folder: string, name: string): Promise<PartFile> {
    await assertFree(folder, name);
    const part = partNameOf(name);
    const path = join(folder, part);
    try {
      const file = await Deno.open(path, { write: true, createNew: true });
      return new PartFile(file, path, name, folder);
    } catch (cause) {
      if (!(cause instanceof Deno.errors.AlreadyExists)) throw diskError(name, cause);
      throw new BitTrickleError(
        "exists",
        `Cannot download "${escapeText(name)}": "${escapeText(part)}" is in the folder, from a ` +
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
      throw diskError(this.#name, cause);
    }
  }

  /**
   * Gives the file its final name, once its bytes are on the disk. Never replaces a file.
   *
   * @throws {BitTrickleError} `exists` or `disk`
   */
  async finish(): Promise<void> {
    try {
      await this.#file.syncData();
      this.#close();
      await renameToFree(this.#partPath, join(this.#folder, this.#name));
    } catch (cause) {
      if (cause instanceof Deno.errors.AlreadyExists) throw existsError(this.#name);
      throw diskError(this.#name, cause);
    }
    this.#finished = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#close();
    if (!this.#finished) await Deno.remove(this.#partPath).catch(() => {});
  }

  #close(): void {
    if (this.#open) this.#file.close();
    this.#open = false;
  }
}

/**
 * Makes sure that nothing in `folder` has the name `name`.
 *
 * @throws {BitTrickleError} `exists` if something has, `disk` if the folder cannot be read
 */
export async function assertFree(folder: string, name: string): Promise<void> {
  try {
    await Deno.lstat(join(folder, name));
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return;
    throw diskError(name, cause);
  }
  throw existsError(name);
}

/** `<name>.part`, with the name cut at a character where the whole would be too long. */
function partNameOf(name: string): string {
  let stem = name;
  while (utf8Length(stem) + SUFFIX.length > NAME_SEGMENT_BYTES) {
    stem = [...stem].slice(0, -1).join("");
  }
  return stem + SUFFIX;
}

async function renameToFree(from: string, to: string): Promise<void> {
  try {
    await Deno.link(from, to);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) throw error;
    return await renameWithoutLinks(from, to);
  }
  await Deno.remove(from);
}

/** For file systems that have no hard links, as those of most memory sticks. */
async function renameWithoutLinks(from: string, to: string): Promise<void> {
  const placeholder = await Deno.open(to, { write: true, createNew: true });
  placeholder.close();
  try {
    await Deno.rename(from, to);
  } catch (error) {
    await Deno.remove(to);
    throw error;
  }
}

function existsError(name: string): BitTrickleError {
  return new BitTrickleError(
    "exists",
    `Cannot download "${escapeText(name)}": a file of that name is already in the folder`,
  );
}

function diskError(name: string, cause: unknown): BitTrickleError {
  const message = `Cannot write "${escapeText(name)}": ${explain(cause)}`;
  return new BitTrickleError("disk", message, { cause });
}

function explain(cause: unknown): string {
  switch ((cause as { code?: string }).code) {
    case "ENOSPC":
    case "EDQUOT":
      return "the disk is full";
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return "the folder may not be written";
    case "ENOENT":
      return "the folder is not there";
    default:
      return escapeText(reasonOf(cause));
  }
}
