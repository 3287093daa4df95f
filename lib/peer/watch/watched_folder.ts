/**
 * What a scan remembers of a folder and of its files.
 *
 * @module
 */

import type { IgnoreRules } from "../share/ignore_rules.ts";
import type { Seen } from "./scan_job.ts";

/** A file as it was when it was last looked at. */
export interface WatchedFile {
  readonly name: string;
  readonly path: string;
  size: number;
  modified: number;
  changed: number;
  inode: number;
}

/** A folder that is scanned again and again. */
export class WatchedFolder {
  /** By the names under which they are published, without that of the folder. */
  readonly files = new Map<string, WatchedFile>();
  readonly folders = new Map<string, WatchedFolder>();
  /** Why entries cannot be published, by their names. */
  faults: ReadonlyMap<string, string> = new Map();
  /** How many entries are left out by rules. */
  ignored = 0;
  /** What it was like when it was listed; nothing if it has to be listed again. */
  stamp: string | undefined;
  /** What it was like at the last listing, and since when, in milliseconds since 1970. */
  listed: { readonly stamp: string; readonly since: number } | undefined;
  /** Which folder of which disk it was then. */
  place: { readonly dev: number; readonly ino: number | null } | undefined;
  /** The rules around it, those in it, and what the file that says them was like. */
  around: IgnoreRules | undefined;
  rules: IgnoreRules | undefined;
  rulesStamp = "";
  /** Whether nothing can be told of what is in it. */
  isAway = false;

  /**
   * @param prefix What the names of all that is in it begin with
   * @param isRoot Whether it was named by the user
   * @param isExpected Whether it should hold something the first time
   */
  constructor(
    readonly path: string,
    readonly prefix: string,
    readonly isRoot = false,
    readonly isExpected = false,
  ) {}

  /** All files in it and below, without those of which nothing can be told. */
  *allFiles(): Generator<WatchedFile> {
    if (this.isAway) return;
    yield* this.files.values();
    for (const folder of this.folders.values()) yield* folder.allFiles();
  }

  /** Itself and all folders below. */
  *allFolders(): Generator<WatchedFolder> {
    yield this;
    for (const folder of this.folders.values()) yield* folder.allFolders();
  }
}

/** A file that nobody has looked at yet. */
export function newFile(name: string, path: string): WatchedFile {
  return { name, path, size: -1, modified: 0, changed: 0, inode: 0 };
}

/** Takes in what a file is like. Returns whether it is another than before. */
export function update(file: WatchedFile, status: Deno.FileInfo): boolean {
  const { size } = status;
  const [modified, changed] = [status.mtime?.getTime() ?? 0, status.ctime?.getTime() ?? 0];
  const inode = status.ino ?? 0;
  const isSame = file.size === size && file.modified === modified && file.changed === changed &&
    file.inode === inode;
  if (!isSame) Object.assign(file, { size, modified, changed, inode });
  return !isSame;
}

/** What is told of a file. */
export function seenOf({ name, size, modified, changed, inode }: WatchedFile): Seen {
  const state = [size, modified, changed, inode].join(" ");
  // A copy may have the time of its original, and says only so when it was made.
  return { name, state, modified: Math.max(modified, changed) };
}

/** What is told of a file that is not there. */
export function notSeen(name: string): Seen {
  return { name, state: undefined, modified: 0 };
}
