/**
 * A file that one program at a time is at work on.
 *
 * @module
 */

import { type Inode, isSameInode, lstatIfThere, removeIfStill } from "../share/inode.ts";

/** An open file, locked as far as the system can. Disposing of it leaves the file as it is. */
export class LockedFile implements Disposable {
  readonly file: Deno.FsFile;
  readonly inode: Inode;
  readonly path: string;
  #isOpen = true;

  private constructor(file: Deno.FsFile, inode: Inode, path: string) {
    this.file = file;
    this.inode = inode;
    this.path = path;
  }

  /**
   * Opens or creates the file at `path`. Returns nothing if another program is at work on it, or if
   * what is there is not a regular file that has no other name.
   *
   * @throws {Error} of the disk
   */
  static async tryOpen(path: string): Promise<LockedFile | undefined> {
    const before = await lstatIfThere(path);
    if (before && !isOwnFile(before)) return undefined;
    const file = await openFile(path, before === undefined);
    if (!file) return undefined;
    const locked = new LockedFile(file, await file.stat(), path);
    // Another download may just have renamed it to its final name.
    if (await file.tryLock(true) && await locked.isAtItsPath()) return locked;
    locked[Symbol.dispose]();
  }

  /**
   * Creates the file at `path`. Returns nothing if something is there, or if another program was
   * quicker to lock it.
   *
   * @throws {Error} of the disk
   */
  static tryCreate(path: string): LockedFile | undefined {
    const file = createFile(path);
    if (!file) return undefined;
    const locked = new LockedFile(file, file.statSync(), path);
    if (file.tryLockSync(true)) return locked;
    locked[Symbol.dispose]();
  }

  /** Whether the path still leads to this file. */
  async isAtItsPath(): Promise<boolean> {
    const there = await lstatIfThere(this.path);
    return there !== undefined && isOwnFile(there) && isSameInode(there, this.inode);
  }

  /** Removes the file if it is still at its path. Never fails. */
  async remove(): Promise<void> {
    await removeIfStill(this.path, this.inode);
  }

  [Symbol.dispose](): void {
    if (this.#isOpen) this.file.close();
    this.#isOpen = false;
  }
}

/** Nothing if another program was quicker to create or to move it. */
async function openFile(path: string, createNew: boolean): Promise<Deno.FsFile | undefined> {
  try {
    return await Deno.open(path, { read: true, write: true, createNew });
  } catch (error) {
    const wasQuicker = createNew ? Deno.errors.AlreadyExists : Deno.errors.NotFound;
    if (!(error instanceof wasQuicker)) throw error;
  }
}

/** Nothing if something is there. */
function createFile(path: string): Deno.FsFile | undefined {
  try {
    return Deno.openSync(path, { read: true, write: true, createNew: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}

function isOwnFile({ isFile, nlink }: Deno.FileInfo): boolean {
  return isFile && (nlink ?? 1) <= 1;
}
