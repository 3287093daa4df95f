/**
 * Finding out what has changed in folders, by looking at them again and again. All calls are
 * synchronous, as such a call costs a small part of an asynchronous one: this is for a thread that
 * nobody else waits for, and a network drive that does not answer holds up nothing else.
 *
 * A folder is listed only if its time has changed. Files that come and go show by that; those that are
 * changed where they are have to be looked at one by one.
 *
 * @module
 */

import { join } from "@std/path";
import { IgnoreRules } from "../share/ignore_rules.ts";
import { lstatIfThereSync } from "../share/inode.ts";
import { isInRealFolders } from "../share/read_small.ts";
import { ROOT } from "../share/typed_name.ts";
import { FolderScan } from "./folder_scan.ts";
import { RulesAbove } from "./rules_above.ts";
import type { ScanJob, ScanReply, ScanRoot, ScanSetting, Seen } from "./scan_job.ts";
import { newFile, notSeen, seenOf, type WatchedFile, WatchedFolder } from "./watched_folder.ts";

/** Files that have changed lately and are looked at in each full scan: they may change again. */
const RECENT = 300;

/** A folder that the user named, and the rules around it. */
interface Root {
  readonly folder: WatchedFolder;
  readonly above: RulesAbove;
}

/** Looks at what one client shares. */
export class Scanner {
  readonly #setting: ScanSetting;
  readonly #roots: readonly Root[];
  /** Files that the user named. */
  readonly #singles: ReadonlyMap<string, WatchedFile>;
  /** The shared folder itself, without which nothing is known of single files. */
  readonly #inode: number | null | undefined;
  #turns: Iterator<WatchedFile>;
  /** Names of files that have changed lately, the latest last. */
  readonly #recent = new Set<string>();
  #hasScanned = false;

  constructor(setting: ScanSetting) {
    this.#setting = setting;
    const rules = IgnoreRules.of(setting.patterns);
    const isFolder = (root: ScanRoot) => root.isFolder;
    this.#roots = setting.roots.filter(isFolder).map((root) => rootOf(root, setting.folder, rules));
    const files = setting.roots.filter((root) => !root.isFolder);
    this.#singles = new Map(files.map(({ name, path }) => [name, newFile(name, path)]));
    this.#inode = lstatIfThereSync(setting.folder)?.ino;
    this.#turns = this.#allFiles();
  }

  /** Looks at all folders, and at some files, at the time `now`, in milliseconds since 1970. */
  scan({ asked, hints, most }: ScanJob, now = Date.now()): ScanReply {
    const scan = new FolderScan(now);
    for (const { folder, above } of this.#roots) scan.visitRoot(folder, above);
    for (const file of this.#singles.values()) this.#lookAtSingle(scan, file);
    for (const name of most > 0 ? [...hints, ...this.#recent] : hints) {
      const { file } = this.#find(name);
      if (file) scan.look(file);
    }
    this.#takeTurns(scan, most);
    this.#remember(scan.seen.keys());
    for (const name of asked) {
      if (scan.seen.has(name)) continue;
      const seen = this.#answer(scan, name);
      if (seen) scan.seen.set(name, seen);
    }
    const { away, skipped } = scan;
    return { seen: [...scan.seen.values()], away, skipped, ...this.#counts() };
  }

  #lookAtSingle(scan: FolderScan, file: WatchedFile): void {
    const isKnown = file.size >= 0;
    if (scan.look(file) || !isKnown || !this.#isGone(file.path)) return;
    scan.seen.set(file.name, notSeen(file.name));
    Object.assign(file, newFile(file.name, file.path));
  }

  /** Before the first scan nothing was known to change. */
  #remember(names: Iterable<string>): void {
    for (const name of this.#hasScanned ? names : []) {
      this.#recent.delete(name);
      this.#recent.add(name);
    }
    for (const name of this.#recent) {
      if (this.#recent.size <= RECENT) break;
      this.#recent.delete(name);
    }
    this.#hasScanned = true;
  }

  /** Those that were not looked at for the longest time. */
  #takeTurns(scan: FolderScan, most: number): void {
    for (let left = most, isAround = false; left > 0;) {
      const next = this.#turns.next();
      if (next.done && isAround) return;
      if (next.done) {
        isAround = true;
        this.#turns = this.#allFiles();
      } else {
        scan.look(next.value);
        left--;
      }
    }
  }

  /** What there is to tell of the file `name`, if there is anything. */
  #answer(scan: FolderScan, name: string): Seen | undefined {
    const { file, folder, rest } = this.#find(name);
    if (file) {
      scan.look(file);
      return file.size >= 0 ? seenOf(file) : notSeen(name);
    }
    if (!folder || folder.isAway) return undefined;
    const isOut = folder.rules?.leaveOut(`${folder.prefix}${rest[0]}`, rest.length > 1);
    if (isOut) return { ...notSeen(name), isOut };
    return this.#isGone(join(this.#setting.folder, name)) ? notSeen(name) : undefined;
  }

  /** The file `name`, or the folder that is nearest to where it would be, and the way from there. */
  #find(name: string) {
    const root = this.#roots.find(({ folder }) => name.startsWith(folder.prefix));
    if (!root) return { file: this.#singles.get(name), folder: undefined, rest: [] };
    let { folder } = root;
    const rest = name.slice(folder.prefix.length).split("/");
    while (rest.length > 1 && !folder.isAway) {
      const next = folder.folders.get(rest[0]!);
      if (!next) break;
      folder = next;
      rest.shift();
    }
    const file = rest.length === 1 && !folder.isAway ? folder.files.get(rest[0]!) : undefined;
    return { file, folder, rest };
  }

  /**
   * Whether no file is at `path`, and the shared folder is there. What a link leads to is not there: it
   * is not served.
   */
  #isGone(path: string): boolean {
    const { folder } = this.#setting;
    try {
      const isThere = lstatIfThereSync(path)?.isFile && isInRealFolders(path, folder);
      return !isThere && lstatIfThereSync(folder)?.ino === this.#inode;
    } catch {
      return false;
    }
  }

  #counts(): { readonly ignored: number; readonly count: number } {
    let [ignored, count] = [0, this.#singles.size];
    for (const { folder } of this.#roots) {
      for (const below of folder.allFolders()) {
        ignored += below.ignored;
        count += below.files.size;
      }
    }
    return { ignored, count };
  }

  *#allFiles(): Generator<WatchedFile> {
    for (const { folder } of this.#roots) yield* folder.allFiles();
  }
}

function rootOf(
  { name, path, isExpected }: ScanRoot,
  folder: string,
  rules: IgnoreRules,
): Root {
  const prefix = name === ROOT ? "" : `${name}/`;
  return {
    folder: new WatchedFolder(path, prefix, true, isExpected),
    above: new RulesAbove(folder, name, rules),
  };
}
