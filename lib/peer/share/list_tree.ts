/**
 * What is below a folder, and what of it can be published. Trouble with one entry hides no other.
 *
 * @module
 */

import { join } from "@std/path";
import { BitTrickleError } from "../../errors.ts";
import { nameFault } from "../../protocol/names.ts";
import { diskFault, findOnDisk } from "./find_on_disk.ts";
import { lstatIfThere } from "./inode.ts";

/** A file, or a folder with all that is in it, that cannot be published, and why not. */
export interface Skipped {
  /** Ends with `/` if it is a folder. */
  readonly name: string;
  readonly reason: string;
}

/** What is below a folder. */
export interface Tree {
  /** Names of files, sorted. */
  readonly names: readonly string[];
  readonly skipped: readonly Skipped[];
}

/** The shared folder itself. */
export const ROOT = ".";

const PART = /\.part$/;
const REPLACEMENT = "\ufffd";

const UNFINISHED =
  'it ends in ".part", as unfinished downloads do: if it is none, publish it by its name';
const TWIN = "another one beside it has the same name in Unicode normal form C";

/**
 * Every regular file below the folder `name` of `root`, by the names under which they are published.
 *
 * @throws {BitTrickleError} `not_found` or `disk` if there is no such folder
 */
export async function listTree(root: string, name: string): Promise<Tree> {
  const listing = new Listing();
  if (name === ROOT) await listing.addFolder(root, "");
  else await listing.addFolder(await folderAt(root, name), `${name}/`);
  return { names: listing.names.sort(), skipped: listing.skipped };
}

/** @throws {BitTrickleError} `not_found` or `disk` */
async function folderAt(root: string, name: string): Promise<string> {
  const { path, status } = await findOnDisk(root, name);
  if (status.isDirectory()) return path;
  const isLink = status.isSymbolicLink();
  throw new BitTrickleError(
    "not_found",
    isLink ? "it is a link, and links are not shared" : "it is not a folder",
  );
}

class Listing {
  readonly names: string[] = [];
  readonly skipped: Skipped[] = [];

  /** @param prefix What the names of all that is in it begin with. */
  async addFolder(path: string, prefix: string): Promise<void> {
    const taken = new Set<string>();
    for (const entry of await this.#entriesOf(path, prefix)) {
      const name = entry.name.normalize("NFC");
      const twin = taken.has(name) ? TWIN : undefined;
      const reason = await faultOf(entry, path, prefix + name) ?? twin;
      taken.add(name);
      if (reason) this.#skip(prefix + name + (entry.isDirectory ? "/" : ""), reason);
      else if (entry.isFile) this.names.push(prefix + name);
      else await this.addFolder(join(path, entry.name), `${prefix}${name}/`);
    }
  }

  /** Those first that are spelled as they are published: a name that two could have is theirs. */
  async #entriesOf(path: string, prefix: string): Promise<Deno.DirEntry[]> {
    const entries: Deno.DirEntry[] = [];
    try {
      for await (const entry of Deno.readDir(path)) entries.push(entry);
    } catch (error) {
      this.#skip(prefix || `${ROOT}/`, diskFault(error).message);
    }
    const rank = ({ name }: Deno.DirEntry) => name === name.normalize("NFC") ? 0 : 1;
    return entries.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
  }

  #skip(name: string, reason: string): void {
    this.skipped.push({ name, reason });
  }
}

/** Why an entry cannot be published, or looked into if it is a folder. */
async function faultOf(
  entry: Deno.DirEntry,
  folder: string,
  name: string,
): Promise<string | undefined> {
  if (await isLossy(entry, folder)) return "its name is not UTF-8";
  if (entry.isSymlink) return "it is a link, and links are not shared";
  if (!entry.isFile && !entry.isDirectory) return "it is not a regular file";
  return nameFault(name) ?? (entry.isFile && PART.test(name) ? UNFINISHED : undefined);
}

/**
 * Bytes that are no UTF-8 are shown as replacement characters, and no such file is there. (Deno 2.7
 * shows nothing of such a name.)
 */
async function isLossy({ name }: Deno.DirEntry, folder: string): Promise<boolean> {
  if (!name.includes(REPLACEMENT)) return false;
  return await lstatIfThere(join(folder, name)).catch(() => true) === undefined;
}
