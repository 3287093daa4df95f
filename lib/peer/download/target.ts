/**
 * Where a download goes: a name in the shared folder, taken only when the file is complete.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import { BitTrickleError, reasonOf } from "../../errors.ts";
import { escapeText } from "../../protocol/escape.ts";
import { NAME_SEGMENT_BYTES } from "../../protocol/limits.ts";
import { nameFault } from "../../protocol/names.ts";
import { utf8Length } from "../../protocol/utf8.ts";
import { type Inode, isSameInode, lstatIfThere, removeIfStill } from "../share/inode.ts";
import { syncFolder } from "./folder_sync.ts";

const SUFFIX = ".part";

/** The name that a download will have. */
export class Target {
  readonly path: string;

  /**
   * @param folder The shared folder
   * @param name A name in it, which may lead through folders
   * @throws {BitTrickleError} `usage` for a name that no file may have
   */
  constructor(readonly folder: string, readonly name: string) {
    const fault = nameFault(name);
    if (fault) throw new BitTrickleError("usage", `Cannot save as "${escapeText(name)}": ${fault}`);
    this.path = join(folder, name);
  }

  /**
   * Where the download is kept until it is complete: `.<name>.<mark>.<copy>.part`. No shared file may
   * begin with a dot, so nothing that is published or downloaded ever has that name.
   *
   * @param mark Tells it from others of that name
   * @param copy Tells it from others that are at work on the same; the first has no number
   */
  partPath(mark = "", copy = 1): string {
    const segments = this.name.split("/");
    const last = segments.pop()!;
    const end = `${mark && `.${mark}`}${copy === 1 ? "" : `.${copy}`}${SUFFIX}`;
    const stem = cutTo(`.${last}`, NAME_SEGMENT_BYTES - end.length);
    return join(this.folder, ...segments, stem + end);
  }

  /**
   * Makes sure that nothing has the name.
   *
   * @throws {BitTrickleError} `exists` if something has, `disk` if the folder cannot be read
   */
  async assertFree(): Promise<void> {
    const there = await this.lstat();
    if (there) throw this.existsError(there);
  }

  /**
   * What has the name, if anything has.
   *
   * @throws {BitTrickleError} `disk` if the folder cannot be read
   */
  async lstat(): Promise<Deno.FileInfo | undefined> {
    return await lstatIfThere(this.path).catch((cause) => {
      throw this.diskError(cause);
    });
  }

  /**
   * Makes the folders that the name leads through. None of them may be a link, which could lead out
   * of the shared folder.
   *
   * @throws {BitTrickleError} `disk`
   */
  async makeFolders(): Promise<void> {
    const segments = this.name.split("/").slice(0, -1);
    for (let i = 1; i <= segments.length; i++) {
      const path = join(this.folder, ...segments.slice(0, i));
      const there = await lstatIfThere(path) ?? await this.#makeFolder(path);
      if (there.isDirectory) continue;
      const kind = there.isSymlink ? "a link" : "a file";
      const above = segments.slice(0, i).join("/");
      throw this.diskError(new Error(`"${above}" is ${kind} here, and a folder is needed`));
    }
  }

  /** Another download may make the same folder meanwhile. */
  async #makeFolder(path: string): Promise<Deno.FileInfo> {
    await Deno.mkdir(path).catch((cause) => {
      if (!(cause instanceof Deno.errors.AlreadyExists)) throw this.diskError(cause);
    });
    return await Deno.lstat(path);
  }

  /**
   * Gives the file at `partPath`, which must still be `inode`, its final name.
   *
   * @param force Whether a file that has the name is replaced
   * @throws {BitTrickleError} `exists` or `disk`
   */
  async take(partPath: string, inode: Inode, force = false): Promise<void> {
    try {
      if (!isSameInode(Deno.lstatSync(partPath), inode)) {
        throw new Error("somebody replaced it during the download");
      }
      if (force) await Deno.rename(partPath, this.path);
      else await renameToFree(partPath, this.path);
      await syncFolder(dirname(this.path));
    } catch (cause) {
      const there = await this.lstat().catch(() => undefined);
      const isTaken = cause instanceof Deno.errors.AlreadyExists || there?.isDirectory;
      throw isTaken ? this.existsError(there) : this.diskError(cause);
    }
  }

  /** The error for a name that something has: what is `there`. */
  existsError(there?: Deno.FileInfo): BitTrickleError {
    const kind = there?.isDirectory ? "folder" : there?.isSymlink ? "link" : "file";
    return new BitTrickleError(
      "exists",
      `Cannot download "${escapeText(this.name)}": a ${kind} of that name is already in the folder`,
    );
  }

  /** The error for a disk that refused. */
  diskError(cause: unknown): BitTrickleError {
    const message = `Cannot write "${escapeText(this.name)}": ${explain(cause)}`;
    return new BitTrickleError("disk", message, { cause });
  }
}

/** The cause of an error: a file is known not to fit on the disk, on which others may. */
export class NoRoom extends Error {}

/** Whether `error` is that of a disk on which nothing more fits. */
export function isDiskFull({ cause }: BitTrickleError): boolean {
  const reason = (cause as { code?: string } | undefined)?.code;
  return reason === "ENOSPC" || reason === "EDQUOT";
}

/** `name`, cut at a character to at most `bytes`. */
function cutTo(name: string, bytes: number): string {
  let stem = name;
  while (utf8Length(stem) > bytes) stem = [...stem].slice(0, -1).join("");
  return stem;
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
  const inode = await placeholder.stat();
  placeholder.close();
  try {
    await Deno.rename(from, to);
  } catch (error) {
    await removeIfStill(to, inode);
    throw error;
  }
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
