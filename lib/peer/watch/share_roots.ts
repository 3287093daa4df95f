/**
 * The folders and files that a user shares.
 *
 * @module
 */

import { BitTrickleError } from "../../errors.ts";
import { escapeText } from "../../protocol/escape.ts";
import { nameFault } from "../../protocol/names.ts";
import { findOnDisk, LINK } from "../share/find_on_disk.ts";
import type { PublishedFiles } from "../share/published_files.ts";
import { isOwn, OWN } from "../share/own_names.ts";
import { nameIn, ROOT } from "../share/typed_name.ts";
import type { ScanRoot } from "./scan_job.ts";

/**
 * What `typed` names, each once: what is in a folder that is shared is not shared by itself.
 *
 * @throws {BitTrickleError} `not_found`, `disk` or `usage`
 */
export async function rootsFrom(
  typed: readonly string[],
  files: PublishedFiles,
): Promise<ScanRoot[]> {
  const names = new Set(typed.map((it) => nameIn(files.folder.path, it).replace(/(?<=.)\/+$/, "")));
  const outer = [...names].filter((name) => {
    return ![...names].some((other) => other !== name && isBelow(name, other));
  });
  return await Promise.all(outer.map((name) => rootFrom(name, files)));
}

/** Names of what is published and belongs to `roots`. */
export function publishedBelow(files: PublishedFiles, roots: readonly ScanRoot[]): string[] {
  const names: string[] = [];
  for (const page of files.pages()) {
    for (const { name } of page) {
      if (roots.some((root) => name === root.name || isBelow(name, root.name))) names.push(name);
    }
  }
  return names;
}

async function rootFrom(name: string, files: PublishedFiles): Promise<ScanRoot> {
  const { path } = files.folder;
  if (name === ROOT) return { name, path, isFolder: true, isExpected: !files.isEmpty };
  try {
    const fault = nameFault(name) ?? (isOwn(files.folder.own, name) ? OWN : undefined);
    if (fault) throw new BitTrickleError("usage", fault);
    const { path: found, status } = await findOnDisk(path, name);
    const isFolder = status.isDirectory();
    if (!isFolder && !status.isFile()) {
      const isLink = status.isSymbolicLink();
      const fault = isLink ? LINK : "it is no folder and no regular file";
      throw new BitTrickleError("not_found", fault);
    }
    const root = { name, path: found, isFolder, isExpected: false };
    return { ...root, isExpected: publishedBelow(files, [root]).length > 0 };
  } catch (error) {
    if (!(error instanceof BitTrickleError)) throw error;
    const message = `Cannot share "${escapeText(name)}": ${error.message}`;
    throw new BitTrickleError(error.code, message, { cause: error });
  }
}

function isBelow(name: string, folder: string): boolean {
  return folder === ROOT ? name !== ROOT : name.startsWith(`${folder}/`);
}
