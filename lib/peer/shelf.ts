/**
 * The shelf: which files of the shared folder are served to others.
 *
 * @module
 */

import { join } from "@std/path";
import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, open } from "node:fs/promises";
import { BitTrickleError, reasonOf } from "../errors.ts";
import { escapeText } from "../protocol/escape.ts";
import { nameFault } from "../protocol/names.ts";

// Absent on Windows, where links need privileges and pipes are no files. A permission for less than
// everything makes Deno follow links in spite of O_NOFOLLOW, so what was opened is checked as well.
const SAFELY = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** The published files of one folder. Only what is on the shelf is ever served. */
export class Shelf {
  readonly #names = new Set<string>();

  /** @param folder The shared folder, where downloads go as well. */
  constructor(readonly folder: string) {}

  /** The names on the shelf, sorted. */
  get names(): string[] {
    return [...this.#names].sort();
  }

  /** Puts `name` on the shelf. */
  add(name: string): void {
    this.#names.add(name);
  }

  /** Takes `name` off the shelf. */
  remove(name: string): void {
    this.#names.delete(name);
  }

  /** Whether `name` is on the shelf. */
  has(name: string): boolean {
    return this.#names.has(name);
  }

  /**
   * Opens the file `name`, which must follow the name rule and be a regular file of the folder.
   *
   * @throws {BitTrickleError} `usage` for a bad name, `not_found` for a file that is not there or
   * not a regular one, `disk` for one that cannot be read
   */
  async open(name: string): Promise<FileHandle> {
    const fault = nameFault(name);
    if (fault) throw new BitTrickleError("usage", `bad name: ${fault}`);
    const path = join(this.folder, name);
    const named = await lstat(path).catch(explain);
    assertRegular(named);
    const file = await open(path, constants.O_RDONLY | SAFELY).catch(explain);
    const opened = await file.stat();
    if (opened.ino === named.ino && opened.dev === named.dev) return file;
    await file.close();
    throw new BitTrickleError("not_found", "it was replaced just now");
  }

  /**
   * Makes sure that `name` can be shared, and returns its size in bytes.
   *
   * @throws {BitTrickleError} as {@linkcode open} does, with a message for the user
   */
  async check(name: string): Promise<number> {
    try {
      const file = await this.open(name);
      const { size } = await file.stat();
      await file.close();
      return size;
    } catch (error) {
      const { code, message } = error as BitTrickleError;
      throw new BitTrickleError(code, `Cannot publish "${escapeText(name)}": ${message}`);
    }
  }
}

function assertRegular(status: Stats): void {
  if (status.isFile()) return;
  const reason = status.isSymbolicLink()
    ? "it is a link, and links are not shared"
    : "it is not a regular file";
  throw new BitTrickleError("not_found", reason);
}

function explain(cause: unknown): never {
  switch ((cause as { code?: string }).code) {
    case "ENOENT":
      throw new BitTrickleError("not_found", "no such file in the shared folder", { cause });
    case "EACCES":
      throw new BitTrickleError("disk", "it may not be read", { cause });
    default:
      throw new BitTrickleError("disk", reasonOf(cause), { cause });
  }
}
