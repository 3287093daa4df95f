/**
 * Disks that take names for one which differ in the case of letters, as those of Windows and macOS do.
 *
 * @module
 */

import { join } from "@std/path";
import { type Inode, isSameInode, lstatIfThereSync } from "../share/inode.ts";

/**
 * What the file `there`, to which `name` in `folder` leads, is called if that is something else. A disk
 * that tells names apart is asked once for that, and no folder is read.
 *
 * @throws whatever the system says of a folder that cannot be read
 */
export function otherSpelling(folder: string, name: string, there: Inode): string | undefined {
  const swapped = lstatIfThereSync(join(folder, inOtherCase(name)));
  if (!swapped || !isSameInode(swapped, there)) return undefined;
  const segments = name.split("/");
  const spelled = segments.map((segment, i) => {
    return spellingIn(join(folder, ...segments.slice(0, i)), segment);
  }).join("/");
  return spelled === name ? undefined : spelled;
}

/** How the entry of `folder` that is meant by `segment` is spelled there. */
function spellingIn(folder: string, segment: string): string {
  const names = Array.from(Deno.readDirSync(folder), ({ name }) => name.normalize("NFC"));
  if (names.includes(segment)) return segment;
  return names.find((name) => name.toLowerCase() === segment.toLowerCase()) ?? segment;
}

/** `name` with each letter of ASCII in the other case: any disk that ignores case ignores it there. */
function inOtherCase(name: string): string {
  return name.replace(/[A-Za-z]/g, (letter) => {
    return letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
  });
}
