/**
 * Making new names outlive a power cut: one write of a folder serves all who wait for it.
 *
 * @module
 */

/** Folders that are being written, and those that will be again for whoever came meanwhile. */
const running = new Map<string, Promise<void>>();
const next = new Map<string, Promise<void>>();

/**
 * Writes what has changed in the folder at `path` to the disk, where the system can. Names that were
 * given before the call are on the disk when it returns. Never fails.
 */
export async function syncFolder(path: string): Promise<void> {
  const current = running.get(path);
  if (!current) return await begin(path);
  // What is under way may have begun before the name was given.
  const following = next.get(path) ?? current.then(() => {
    next.delete(path);
    return begin(path);
  });
  next.set(path, following);
  await following;
}

function begin(path: string): Promise<void> {
  const sync = write(path).finally(() => running.delete(path));
  running.set(path, sync);
  return sync;
}

async function write(path: string): Promise<void> {
  try {
    using folder = await Deno.open(path);
    await folder.sync();
  } catch {
    // Windows does not open folders, and some file systems do not sync them.
  }
}
