/**
 * The shared folder: what of it may be opened, and how.
 *
 * @module
 */

import { constants, type Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { BitTrickleError } from "../../errors.ts";
import { nameFault } from "../../protocol/names.ts";
import { type FileState, stateOf } from "./file_state.ts";
import { findOnDisk, LINK, throwFault } from "./find_on_disk.ts";
import { isOwn, OWN } from "./own_names.ts";

// Absent on Windows, where links need privileges and pipes are no files. A permission for less than
// everything makes Deno follow links in spite of O_NOFOLLOW, so what was opened is checked as well.
/** How a shared file is opened, to be read. */
export const SAFELY = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) |
  (constants.O_NONBLOCK ?? 0);

/** The folder from which files are shared. Nothing outside of it is ever opened. */
export class SharedFolder {
  /**
   * @param path Without links in it
   * @param own Names in it of what the client keeps for itself; the empty one is all of it
   */
  constructor(readonly path: string, readonly own: readonly string[] = []) {}

  /**
   * Opens the file `name`, which must follow the name rule and be a regular file of the folder.
   *
   * @throws {BitTrickleError} `usage` for a bad name or a file of the client's own, `not_found` for a file that is not there or
   * not a regular one, `disk` for one that cannot be read
   */
  async open(name: string): Promise<FileHandle> {
    const fault = nameFault(name) ?? (isOwn(this.own, name) ? OWN : undefined);
    if (fault) throw new BitTrickleError("usage", fault);
    const { path, status: named } = await findOnDisk(this.path, name);
    assertRegular(named);
    const file = await open(path, SAFELY).catch(throwFault);
    const opened = await file.stat().catch(() => undefined);
    if (opened?.ino === named.ino && opened.dev === named.dev) return file;
    await file.close();
    throw new BitTrickleError("not_found", "it was replaced just now");
  }

  /**
   * Makes sure that `name` can be shared, and returns what it is like.
   *
   * @throws {BitTrickleError} as {@linkcode open} does
   */
  async check(name: string): Promise<FileState> {
    const file = await this.open(name);
    try {
      return await stateOf(file);
    } finally {
      await file.close();
    }
  }
}

function assertRegular(status: Stats): void {
  if (status.isFile()) return;
  const reason = status.isSymbolicLink() ? LINK : "it is not a regular file";
  throw new BitTrickleError("not_found", reason);
}
