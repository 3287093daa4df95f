/**
 * One server for one data file.
 *
 * @module
 */

import { type DiskFault, diskFault, unusable } from "./disk_fault.ts";
import { FileLock } from "../files/file_lock.ts";
import { realPathOfSync } from "../files/real_path.ts";

const IN_USE: DiskFault = {
  reason: "another server, or an import, is using it",
  advice: "Stop that one, or name another file with --data",
};

/** The right to write to a data file. (The data file itself is SQLite's to lock.) */
export class DataLock implements Disposable {
  readonly #lock: FileLock;

  private constructor(lock: FileLock) {
    this.#lock = lock;
  }

  /**
   * Takes the lock of the data file at `path`.
   *
   * @throws {BitTrickleError} `disk` if another process has it
   */
  static take(path: string): DataLock {
    const lock = tryTake(path);
    if (lock) return new DataLock(lock);
    throw unusable(path, IN_USE);
  }

  [Symbol.dispose](): void {
    this.#lock[Symbol.dispose]();
  }
}

function tryTake(path: string): FileLock | undefined {
  try {
    // A data file has one lock, whatever links lead to it.
    return FileLock.tryTake(`${realPathOfSync(path)}-lock`);
  } catch (cause) {
    throw unusable(path, diskFault(cause), cause);
  }
}
