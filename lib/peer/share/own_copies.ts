/**
 * Which of the files that others publish are in the shared folder already.
 *
 * @module
 */

import { type ContentKey, formatContent, hasId } from "../../protocol/content.ts";
import type { FileDetails } from "../../protocol/messages.ts";
import type { FileMemory } from "./file_memory.ts";
import { lstatIfThere } from "./inode.ts";

/** Tells of each of some files whether the folder holds the very same. */
export type OwnCopies = (
  files: readonly (FileDetails | undefined)[],
) => Promise<readonly boolean[]>;

/**
 * Looks for files in `folder`, as far as `memory` knows what is in it: nothing is read. What is not
 * there any more, or has another size, is no copy.
 */
export function ownCopiesIn(folder: string, memory: FileMemory): OwnCopies {
  return async (files) => {
    const wanted = files.filter(hasId);
    const found = new Set<string>();
    for (const copy of wanted.length > 0 ? memory.hashedWith(folder, wanted) : []) {
      if (await isThere(copy)) found.add(formatContent(copy));
    }
    return files.map((file) => hasId(file) && found.has(formatContent(file)));
  };
}

async function isThere({ path, size }: ContentKey & { readonly path: string }): Promise<boolean> {
  const there = await lstatIfThere(path).catch(() => undefined);
  return there !== undefined && there.isFile && there.size === size;
}
