/**
 * One server for one data file.
 *
 * @module
 */

import { type DiskFault, diskFault, unusable } from "./disk_fault.ts";

const IN_USE: DiskFault = {
  reason: "another server, or an import, is using it",
  advice: "Stop that one, or name another file with --data",
};

/**
 * The right to write to a data file. The system takes it back when the process ends, however it ends;
 * the file beside it that stands for it stays. (The data file itself is SQLite's to lock.)
 */
export class DataLock implements Disposable {
  readonly #file: Deno.FsFile;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /**
   * Takes the lock of the data file at `path`.
   *
   * @throws {BitTrickleError} `disk` if another process has it
   */
  static take(path: string): DataLock {
    const file = open(path);
    if (file.tryLockSync(true)) return new DataLock(file);
    file.close();
    throw unusable(path, IN_USE);
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

function open(path: string): Deno.FsFile {
  try {
    return Deno.openSync(`${realPathOf(path)}-lock`, { write: true, create: true, mode: 0o600 });
  } catch (cause) {
    throw unusable(path, diskFault(cause), cause);
  }
}

/** A data file has one lock, whatever links lead to it. */
function realPathOf(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    return path; // It is yet to be made.
  }
}
