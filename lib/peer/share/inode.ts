/**
 * Which file a path leads to.
 *
 * @module
 */

/** Which file is meant, whatever it is called. */
export interface Inode {
  readonly ino: number | null;
  readonly dev: number;
}

/** Whether `a` and `b` are the same file. */
export function isSameInode(a: Inode, b: Inode): boolean {
  return a.ino === b.ino && a.dev === b.dev;
}

/** What is at `path`, links not followed, or `undefined` if nothing is. */
export async function lstatIfThere(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.lstat(path);
  } catch (cause) {
    if (!isNothing(cause)) throw cause;
  }
}

/** The same at once. */
export function lstatIfThereSync(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (cause) {
    if (!isNothing(cause)) throw cause;
  }
}

function isNothing(cause: unknown): boolean {
  return cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.NotADirectory;
}

/** Removes the file at `path` if it is `inode`, and not one that took its place. */
export async function removeIfStill(path: string, inode: Inode): Promise<void> {
  const there = await lstatIfThere(path).catch(() => undefined);
  if (there && isSameInode(there, inode)) await Deno.remove(path).catch(() => {});
}

/** The same at once. */
export function removeIfStillSync(path: string, inode: Inode): void {
  try {
    if (isSameInode(Deno.lstatSync(path), inode)) Deno.removeSync(path);
  } catch {
    // Then it is not there any more, or stays.
  }
}
