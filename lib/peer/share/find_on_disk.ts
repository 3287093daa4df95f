/**
 * From a published name to a file: links lead nowhere, and a disk may spell a name in another
 * Unicode normal form than C, as those of Apple did.
 *
 * @module
 */

import { join } from "@std/path";
import type { Stats } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { BitTrickleError, reasonOf } from "../../errors.ts";

/** Why a link is not shared. */
export const LINK = "it is a link, and links are not shared";

/** A file or folder, or whatever else has the name. */
export interface Found {
  readonly path: string;
  readonly status: Stats;
}

/** Has no other normal form that anybody uses. */
// deno-lint-ignore no-control-regex
const ASCII = /^[\x00-\x7f]*$/;

/**
 * What is called `name` in `folder`. Nothing that is reached through a link is found.
 *
 * @throws {BitTrickleError} `not_found`, or `disk` if it cannot be looked for
 */
export async function findOnDisk(folder: string, name: string): Promise<Found> {
  const segments = name.split("/");
  let found = await entryOf(folder, segments[0]!);
  for (const segment of segments.slice(1)) {
    if (found.status.isSymbolicLink()) {
      throw new BitTrickleError("not_found", "its folder is a link, and links are not shared");
    }
    found = await entryOf(found.path, segment);
  }
  return found;
}

/** The entry of `folder` whose name is `segment`, or else the first whose normal form is. */
async function entryOf(folder: string, segment: string): Promise<Found> {
  const path = join(folder, segment);
  try {
    return { path, status: await lstat(path) };
  } catch (error) {
    const isThere = !ASCII.test(segment) && codeOf(error) === "ENOENT";
    const other = isThere ? await otherFormOf(folder, segment) : undefined;
    if (other === undefined) throw diskFault(error);
    return { path: other, status: await lstat(other).catch(throwFault) };
  }
}

async function otherFormOf(folder: string, segment: string): Promise<string | undefined> {
  const names = await readdir(folder).catch(throwFault);
  const [name] = names.filter((name) => name.normalize("NFC") === segment).sort();
  return name === undefined ? undefined : join(folder, name);
}

/** The error for what the system threw about a file. */
export function diskFault(cause: unknown): BitTrickleError {
  switch (codeOf(cause)) {
    case "ENOENT":
    case "ENOTDIR":
      return new BitTrickleError("not_found", "no such file in the shared folder", { cause });
    case "EACCES":
      return new BitTrickleError("disk", "it may not be read", { cause });
    default:
      return new BitTrickleError("disk", reasonOf(cause), { cause });
  }
}

/** Throws that error. */
export function throwFault(cause: unknown): never {
  throw diskFault(cause);
}

function codeOf(error: unknown): string | undefined {
  return (error as { code?: string }).code;
}
