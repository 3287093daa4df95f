/**
 * What is below a folder, and what of it can be published. Trouble with one entry hides no other.
 *
 * @module
 */

import { join } from "@std/path";
import { BitTrickleError } from "../../errors.ts";
import { diskFault, findOnDisk, LINK } from "./find_on_disk.ts";
import { rulesAround, rulesIn } from "./ignore_file.ts";
import { IgnoreRules, type SharePatterns } from "./ignore_rules.ts";
import { type EntryFault, sortOut } from "./tree_entries.ts";
import { ROOT } from "./typed_name.ts";

/** A file, or a folder with all that is in it, that cannot be published, and why not. */
export interface Skipped extends EntryFault {
  /** Ends with `/` if it is a folder. */
  readonly name: string;
}

/** What is below a folder. */
export interface Tree {
  /** Names of files, sorted. */
  readonly names: readonly string[];
  readonly skipped: readonly Skipped[];
  /** How many files, and folders with all that is in them, are left out by rules. */
  readonly ignored: number;
}

/**
 * Every regular file below the folder `name` of `root`, by the names under which they are published.
 *
 * @param patterns What of it is left out, beside what the folders themselves say
 * @throws {BitTrickleError} `not_found` or `disk` if there is no such folder
 */
export async function listTree(
  root: string,
  name: string,
  patterns?: SharePatterns,
): Promise<Tree> {
  const listing = new Listing();
  const rules = IgnoreRules.of(patterns);
  if (name === ROOT) await listing.addFolder(root, "", rules);
  else {
    const path = await folderAt(root, name);
    await listing.addFolder(path, `${name}/`, rulesAround(root, name, rules));
  }
  const { names, skipped, ignored } = listing;
  return { names: names.sort(), skipped, ignored };
}

/** @throws {BitTrickleError} `not_found` or `disk` */
async function folderAt(root: string, name: string): Promise<string> {
  const { path, status } = await findOnDisk(root, name);
  if (status.isDirectory()) return path;
  const isLink = status.isSymbolicLink();
  throw new BitTrickleError(
    "not_found",
    isLink ? LINK : "it is not a folder",
  );
}

class Listing {
  readonly names: string[] = [];
  readonly skipped: Skipped[] = [];
  ignored = 0;

  /** @param prefix What the names of all that is in it begin with. */
  async addFolder(path: string, prefix: string, around: IgnoreRules): Promise<void> {
    try {
      await this.#addEntries(path, prefix, around);
    } catch (error) {
      const { code, message } = error instanceof BitTrickleError ? error : diskFault(error);
      this.skipped.push({ name: prefix || `${ROOT}/`, code, reason: message });
    }
  }

  async #addEntries(path: string, prefix: string, around: IgnoreRules): Promise<void> {
    const found = await Array.fromAsync(Deno.readDir(path));
    const rules = rulesIn(path, prefix, found, around);
    const { entries, ignored } = sortOut(found, prefix, rules, (it) => isLossy(it, path));
    this.ignored += ignored;
    for (const { entry, name, fault } of entries) {
      const shown = name + (entry.isDirectory ? "/" : "");
      if (fault) this.skipped.push({ name: shown, ...fault });
      else if (entry.isFile) this.names.push(name);
      else await this.addFolder(join(path, entry.name), `${name}/`, rules);
    }
  }
}

/**
 * Bytes that are no UTF-8 are shown as replacement characters, and no such file is there. (Deno 2.7
 * shows nothing of such a name.)
 */
export function isLossy({ name }: Deno.DirEntry, folder: string): boolean {
  try {
    Deno.lstatSync(join(folder, name));
    return false;
  } catch (error) {
    return error instanceof Deno.errors.NotFound;
  }
}
