/**
 * Giving a file that is complete its name.
 *
 * @module
 */

import { dirname } from "@std/path";
import { isThere } from "./is_there.ts";
import { syncFolder } from "./replace_file.ts";

/**
 * Renames the file at `from`, which is on the disk already, to `to`. What is there is replaced only if
 * `replaces` says so.
 *
 * @throws {Deno.errors.AlreadyExists} for a file that may not be replaced, or whatever the system says
 */
export async function putInPlace(from: string, to: string, replaces: boolean): Promise<void> {
  if (replaces || !await linkTo(from, to)) await Deno.rename(from, to);
  else await Deno.remove(from);
  await syncFolder(dirname(to));
}

/** A link replaces nothing, whoever comes first. Where there are none, a look has to do. */
async function linkTo(from: string, to: string): Promise<boolean> {
  try {
    await Deno.link(from, to);
    return true;
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists) && !await isThere(to)) return false;
    throw new Deno.errors.AlreadyExists(to);
  }
}
