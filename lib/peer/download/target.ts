/**
 * Where a download goes: a name in the shared folder, taken only when the file is complete.
 *
 * @module
 */

import { lstatSync, type Stats } from "node:fs";
import { dirname, join } from "@std/path";
import { BitTrickleError, reasonOf } from "../../errors.ts";
import { escapeText } from "../../protocol/escape.ts";
import { NAME_SEGMENT_BYTES } from "../../protocol/limits.ts";
import { nameFault } from "../../protocol/names.ts";
import { utf8Length } from "../../protocol/utf8.ts";
import {
  type Inode,
  isSameInode,
  lstatIfThere,
  lstatIfThereSync,
  removeIfStillSync,
} from "../share/inode.ts";
import { syncFolder } from "./folder_sync.ts";
import { otherSpelling } from "./spelling.ts";

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
    const stem = cutToBytes(`.${last}`, NAME_SEGMENT_BYTES - end.length);
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

  /** The folders that the name leads through, the outermost first. */
  get folders(): string[] {
    const segments = this.name.split("/").slice(0, -1);
    return segments.map((_, i) => join(this.folder, ...segments.slice(0, i + 1)));
  }

  /**
   * Makes the folders that the name leads through. None of them may be a link, which could lead out
   * of the shared folder.
   *
   * @param known Folders that have just been looked at; those of this name are added
   * @throws {BitTrickleError} `disk`
   */
  makeFolders(known = new Set<string>()): void {
    for (const [i, path] of this.folders.entries()) {
      if (known.has(path)) continue;
      const there = lstatSync(path, { throwIfNoEntry: false }) ?? this.#makeFolder(path);
      if (!there.isDirectory()) throw this.#notFolderError(i, there);
      known.add(path);
    }
  }

  /** Another download may make the same folder meanwhile. */
  #makeFolder(path: string): Stats {
    try {
      Deno.mkdirSync(path);
    } catch (cause) {
      if (!(cause instanceof Deno.errors.AlreadyExists)) throw this.diskError(cause);
    }
    return lstatSync(path);
  }

  #notFolderError(level: number, there: Stats): BitTrickleError {
    const kind = there.isSymbolicLink() ? "a link" : "a file";
    const above = this.name.split("/").slice(0, level + 1).join("/");
    const reason = `"${above}" is ${kind} here, and a folder is needed`;
    return this.diskError(new BitTrickleError("disk", reason));
  }

  /**
   * Gives the file at `partPath`, which must still be `inode`, its final name, which is on the disk
   * when this returns.
   *
   * @param force Whether a file that has the name is replaced
   * @throws {BitTrickleError} `exists` or `disk`
   */
  async take(partPath: string, inode: Inode, force = false): Promise<void> {
    try {
      this.rename(partPath, inode, force);
      await syncFolder(dirname(this.path));
    } catch (cause) {
      const there = await this.lstat().catch(() => undefined);
      const isTaken = cause instanceof Deno.errors.AlreadyExists || there?.isDirectory;
      throw isTaken ? this.existsError(there) : this.diskError(cause);
    }
  }

  /**
   * The same, but the name may not be on the disk yet.
   *
   * @throws {Error} of the disk
   */
  rename(partPath: string, inode: Inode, force: boolean): void {
    if (!isSameInode(Deno.lstatSync(partPath), inode)) {
      throw new BitTrickleError("disk", "somebody replaced it during the download; try again");
    }
    if (!force) return renameToFree(partPath, this.path);
    const there = lstatIfThereSync(this.path);
    if (there && this.#otherSpelling(there)) throw new Deno.errors.AlreadyExists();
    Deno.renameSync(partPath, this.path);
  }

  /**
   * Makes sure that what is `there` under the name is a file of that name, which may be replaced.
   *
   * @throws {BitTrickleError} `exists`
   */
  assertReplaceable(there: Deno.FileInfo): void {
    if (!there.isFile || this.#otherSpelling(there)) throw this.existsError(there);
  }

  /** The error for a name that something has: what is `there`. */
  existsError(there?: Deno.FileInfo): BitTrickleError {
    const kind = there?.isDirectory ? "folder" : there?.isSymlink ? "link" : "file";
    const other = there && this.#otherSpelling(there);
    const reason = other === undefined
      ? `a ${kind} of that name is already in the folder`
      : `the disk takes it for "${escapeText(other)}", which is already in the folder`;
    const message = `Cannot download "${escapeText(this.name)}": ${reason}`;
    return new BitTrickleError("exists", message, { cause: new NameTaken(this.name) });
  }

  #otherSpelling(there: Inode): string | undefined {
    try {
      return otherSpelling(this.folder, this.name, there);
    } catch (cause) {
      throw this.diskError(cause);
    }
  }

  /** The error for a disk that refused. */
  diskError(cause: unknown): BitTrickleError {
    const message = `Cannot write "${escapeText(this.name)}": ${explain(cause)}`;
    return new BitTrickleError("disk", message, { cause });
  }
}

/** The cause of an error: something has the name of a download, which is the message. */
export class NameTaken extends Error {}

/** The cause of an error: a file is known not to fit on the disk, as the message says. Others may. */
export class NoRoom extends Error {}

/** Whether `error` is that of a disk on which nothing more fits. */
export function isDiskFull({ cause }: BitTrickleError): boolean {
  const reason = (cause as { code?: string } | undefined)?.code;
  return reason === "ENOSPC" || reason === "EDQUOT";
}

/** `name`, cut at a character to at most `bytes`. */
export function cutToBytes(name: string, bytes: number): string {
  let stem = name;
  while (utf8Length(stem) > bytes) stem = [...stem].slice(0, -1).join("");
  return stem;
}

function renameToFree(from: string, to: string): void {
  try {
    Deno.linkSync(from, to);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) throw error;
    return renameWithoutLinks(from, to);
  }
  Deno.removeSync(from);
}

/** For file systems that have no hard links, as those of most memory sticks. */
function renameWithoutLinks(from: string, to: string): void {
  const placeholder = Deno.openSync(to, { write: true, createNew: true });
  const inode = placeholder.statSync();
  placeholder.close();
  try {
    Deno.renameSync(from, to);
  } catch (error) {
    removeIfStillSync(to, inode);
    throw error;
  }
}

function explain(cause: unknown): string {
  if (cause instanceof NoRoom) return cause.message;
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
