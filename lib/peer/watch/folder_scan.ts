/**
 * One look at folders: what has changed in them since the look before.
 *
 * What cannot be looked at is taken to be as it was. A folder that the user named, or a disk that was
 * mounted in it, may be unmounted and leave an empty folder: then nothing of it has been deleted.
 *
 * @module
 */

import { join } from "@std/path";
import { BitTrickleError } from "../../errors.ts";
import { diskFault } from "../share/find_on_disk.ts";
import { rulesIn, rulesStamp } from "../share/ignore_file.ts";
import { IGNORE_FILE, type IgnoreRules } from "../share/ignore_rules.ts";
import { isSameInode } from "../share/inode.ts";
import { isLossy, type Skipped } from "../share/list_tree.ts";
import { sortOut, type TreeEntry } from "../share/tree_entries.ts";
import { ROOT } from "../share/typed_name.ts";
import type { RulesAbove } from "./rules_above.ts";
import type { Seen } from "./scan_job.ts";
import {
  newFile,
  notSeen,
  seenOf,
  update,
  type WatchedFile,
  WatchedFolder,
} from "./watched_folder.ts";

/**
 * A folder that was changed so recently is listed again, in milliseconds: another change may have got
 * the same time. FAT counts in steps of two seconds.
 */
const RECENT_MS = 3_000;

const REPLACED = "it was replaced just now";
const EMPTIED = "it is empty, and should not be: is its disk mounted?";

/** Looks once at folders and files. */
export class FolderScan {
  /** What has changed, by name. */
  readonly seen = new Map<string, Seen>();
  /** Folders of which nothing can be told, and why not. */
  readonly away: Skipped[] = [];
  /** What cannot be published and was not told before. */
  readonly skipped: Skipped[] = [];
  readonly #now: number;

  /** @param now In milliseconds since 1970 */
  constructor(now: number) {
    this.#now = now;
  }

  /** Looks at a folder that the user named, and at all that is in it. */
  visitRoot(folder: WatchedFolder, above: RulesAbove): void {
    try {
      this.visit(folder, above.now());
    } catch (error) {
      this.#hold(folder, error);
    }
  }

  /** Looks at `folder` and all folders in it, and at the files of those that have changed. */
  visit(folder: WatchedFolder, around: IgnoreRules): void {
    try {
      this.#lookInto(folder, around);
      folder.isAway = false;
    } catch (error) {
      this.#hold(folder, error);
      return;
    }
    for (const below of folder.folders.values()) this.visit(below, folder.rules!);
  }

  /** Looks at `file`. Returns whether it is there. */
  look(file: WatchedFile): boolean {
    try {
      const status = Deno.lstatSync(file.path);
      if (status.isFile && update(file, status)) this.seen.set(file.name, seenOf(file));
      return status.isFile;
    } catch {
      return false; // Its folder has changed as well, which tells more.
    }
  }

  #lookInto(folder: WatchedFolder, around: IgnoreRules): void {
    const status = statusOf(folder.path);
    const stamp = stampOf(status);
    const isAsBefore = folder.stamp === stamp && folder.around === around && !folder.isAway &&
      folder.rulesStamp === rulesStampOf(folder.path, folder.rulesStamp !== "");
    if (isAsBefore && !isReplaced(folder, status)) return;
    const entries = [...Deno.readDirSync(folder.path)];
    const wasOther = folder.place ? isReplaced(folder, status) : folder.isExpected;
    if (wasOther && entries.length === 0) throw new BitTrickleError("not_found", EMPTIED);
    // What was mounted or unmounted just now shows as another folder.
    if (!isSameInode(statusOf(folder.path), status)) throw new BitTrickleError("disk", REPLACED);
    const isWhole = this.#list(folder, entries, around);
    folder.place = { dev: status.dev, ino: status.ino };
    folder.stamp = isWhole && !this.#isRecent(folder, stamp, status) ? stamp : undefined;
  }

  /** By its own clock, or by ours, as that of a network drive may be late. */
  #isRecent(folder: WatchedFolder, stamp: string, { mtime }: Deno.FileInfo): boolean {
    const { listed } = folder;
    if (listed?.stamp !== stamp) folder.listed = { stamp, since: listed ? this.#now : -Infinity };
    return Math.max(Number(mtime), folder.listed!.since) > this.#now - RECENT_MS;
  }

  /** Nothing is told of what is in `folder`, but that. */
  #hold(folder: WatchedFolder, error: unknown): void {
    folder.isAway = true;
    const fault = error instanceof BitTrickleError ? error : diskFault(error);
    // The folder around it has changed as well, and is looked at before the next time.
    const isDeleted = fault.code === "not_found" && fault.message !== EMPTIED && !folder.isRoot;
    if (isDeleted) return;
    this.away.push({ name: folder.prefix || `${ROOT}/`, code: fault.code, reason: fault.message });
  }

  /** Returns whether all of its files could be looked at. */
  #list(folder: WatchedFolder, found: readonly Deno.DirEntry[], around: IgnoreRules): boolean {
    this.#takeRules(folder, found, around);
    const { path, prefix } = folder;
    const isOdd = (entry: Deno.DirEntry) => isLossy(entry, path);
    const { entries, ignored } = sortOut(found, prefix, folder.rules!, isOdd);
    folder.ignored = ignored;
    this.#takeFaults(folder, entries);
    const good = entries.filter(({ fault }) => !fault);
    this.#takeFolders(folder, good.filter(({ entry }) => entry.isDirectory));
    return this.#takeFiles(folder, good.filter(({ entry }) => entry.isFile));
  }

  #takeRules(
    folder: WatchedFolder,
    found: readonly Deno.DirEntry[],
    around: IgnoreRules,
  ): void {
    const isThere = found.some(({ name }) => name === IGNORE_FILE);
    const stamp = rulesStampOf(folder.path, isThere);
    if (folder.rules && folder.around === around && folder.rulesStamp === stamp) return;
    folder.rules = rulesIn(folder.path, folder.prefix, found, around);
    folder.rulesStamp = stamp;
    folder.around = around;
  }

  #takeFaults(folder: WatchedFolder, entries: readonly TreeEntry[]): void {
    const faults = new Map<string, string>();
    for (const { entry, name, fault } of entries) {
      if (!fault) continue;
      const shown = entry.isDirectory ? `${name}/` : name;
      faults.set(shown, fault.reason);
      if (folder.faults.get(shown) !== fault.reason) this.skipped.push({ name: shown, ...fault });
    }
    folder.faults = faults;
  }

  #takeFolders(folder: WatchedFolder, entries: readonly TreeEntry[]): void {
    const names = new Set(entries.map(({ name }) => name.slice(folder.prefix.length)));
    for (const [key, gone] of folder.folders) {
      if (names.has(key)) continue;
      folder.folders.delete(key);
      for (const { files } of gone.allFolders()) {
        for (const { name } of files.values()) this.seen.set(name, notSeen(name));
      }
    }
    for (const { entry, name } of entries) {
      const key = name.slice(folder.prefix.length);
      if (folder.folders.has(key)) continue;
      folder.folders.set(key, new WatchedFolder(join(folder.path, entry.name), `${name}/`));
    }
  }

  /** Returns whether all of them could be looked at: a network drive may lose one for a moment. */
  #takeFiles(folder: WatchedFolder, entries: readonly TreeEntry[]): boolean {
    const names = new Set(entries.map(({ name }) => name.slice(folder.prefix.length)));
    for (const { entry, name } of entries) {
      const key = name.slice(folder.prefix.length);
      const path = join(folder.path, entry.name);
      const known = folder.files.get(key);
      const file = known?.path === path ? known : newFile(name, path);
      if (this.look(file)) folder.files.set(key, file);
      else names.delete(key);
    }
    for (const [key, { name }] of folder.files) {
      if (names.has(key)) continue;
      folder.files.delete(key);
      this.seen.set(name, notSeen(name));
    }
    return names.size === entries.length;
  }
}

function statusOf(path: string): Deno.FileInfo {
  const status = Deno.lstatSync(path);
  if (status.isDirectory) return status;
  throw new BitTrickleError("not_found", "it is not a folder any more");
}

function stampOf({ mtime, ctime, dev, ino }: Deno.FileInfo): string {
  return [Number(mtime), Number(ctime), dev, ino].join(" ");
}

/** The same for the rules of the folder at `path`; empty if it has none. */
function rulesStampOf(path: string, isThere: boolean): string {
  return isThere ? rulesStamp(path) : "";
}

/** Whether another disk is there now, or another folder in place of one that the user named. */
function isReplaced({ place, isRoot }: WatchedFolder, { dev, ino }: Deno.FileInfo): boolean {
  return place !== undefined && (place.dev !== dev || isRoot && place.ino !== ino);
}
