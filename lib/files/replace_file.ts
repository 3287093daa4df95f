/**
 * Small files that are replaced whole.
 *
 * @module
 */

import { dirname } from "@std/path";

/** What a new file may be used by: its owner alone. */
const PRIVATE = 0o600;

/**
 * Puts a file that holds `text` in the place of the one at `path`: whole or not at all, on the disk
 * when this returns, with the same mode and owner. Only one process at a time may do so; what one
 * that was cut off has left is replaced as well.
 *
 * @throws whatever the system says; the file at `path` is then as it was
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const before = await Deno.stat(path).catch(() => undefined);
  const temporary = `${path}.new`;
  await removeIfThere(temporary);
  try {
    await writeSynced(temporary, text);
    if (before) await keepRights(temporary, before);
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
  await syncFolder(dirname(path));
}

/**
 * Makes a file at `path` that holds `text`, for its owner alone, and on the disk when this returns.
 *
 * @throws {Deno.errors.AlreadyExists} or whatever else the system says; then nothing is there that was not
 */
export async function createFile(path: string, text: string): Promise<void> {
  try {
    await writeSynced(path, text);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) await Deno.remove(path).catch(() => {});
    throw error;
  }
  await syncFolder(dirname(path));
}

async function writeSynced(path: string, text: string): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true, mode: PRIVATE });
  const bytes = new TextEncoder().encode(text);
  for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
  await file.sync();
}

/**
 * Gives the file at `path` the mode and the owner of another, as far as it may: an administrator's change
 * must not shut out the user whom the server runs as.
 */
export async function keepRights(path: string, { mode, uid, gid }: Deno.FileInfo): Promise<void> {
  if (Deno.build.os === "windows") return;
  await Deno.chown(path, uid, gid).catch(() => {}); // Only an administrator may.
  await Deno.chmod(path, (mode ?? PRIVATE) & 0o777);
}

async function removeIfThere(path: string): Promise<void> {
  await Deno.remove(path).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}

/** Makes a new name outlive a power cut, where the system can. */
export async function syncFolder(path: string): Promise<void> {
  try {
    using folder = await Deno.open(path);
    await folder.sync();
  } catch {
    // Windows does not open folders, and some file systems do not sync them.
  }
}
