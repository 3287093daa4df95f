/**
 * Files that a client keeps for itself, such as the password of its user. They may lie in the shared
 * folder, and are never shared with it.
 *
 * @module
 */

import { basename, dirname, join, resolve } from "@std/path";
import { realPathOf } from "./place.ts";
import { SharedFolder } from "./shared_folder.ts";
import { nameBelow, ROOT } from "./typed_name.ts";

/** The shared folder at `path`, but for what of it the client keeps for itself, at the paths `own`. */
export function sharedFolderAt(path: string, own: readonly string[] = []): SharedFolder {
  const folder = realPathOf(path);
  return new SharedFolder(folder, ownNames(folder, own));
}

/**
 * The names in the shared folder `folder`, which has no links, of those of `paths` that are in it. The
 * empty name is all of it.
 */
export function ownNames(folder: string, paths: readonly string[]): string[] {
  const all = paths.flatMap((path) => [realPathOf(path), besideLinks(path)]);
  const names = all.map((path) => nameBelow(folder, path));
  const inside = names.filter((name) => name !== undefined);
  return [...new Set(inside.map((name) => name === ROOT ? "" : name))];
}

/** A path that may be a link itself. */
function besideLinks(path: string): string {
  const whole = resolve(path);
  return join(realPathOf(dirname(whole)), basename(whole));
}
