/**
 * One process at a time.
 *
 * @module
 */

import { delay } from "@std/async/delay";

/** How often to try again for a lock that another process has, in milliseconds. */
const RETRY_MS = 20;

/**
 * A lock between processes. The system takes it back when the process ends, however it ends; the
 * file that stands for it stays, and is never what the lock protects: that one may be replaced.
 */
export class FileLock implements Disposable {
  readonly #file: Deno.FsFile;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /**
   * Takes the lock for which the file at `path` stands, unless another process has it.
   *
   * @throws whatever the system says of a file that cannot be opened or made
   */
  static tryTake(path: string): FileLock | undefined {
    const file = Deno.openSync(path, { write: true, create: true, mode: 0o600 });
    if (file.tryLockSync(true)) return new FileLock(file);
    file.close();
  }

  /** The same, but waits up to `ms` milliseconds for the other process. */
  static async take(path: string, ms: number): Promise<FileLock | undefined> {
    const deadline = performance.now() + ms;
    for (;;) {
      const lock = FileLock.tryTake(path);
      if (lock || performance.now() > deadline) return lock;
      await delay(RETRY_MS);
    }
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}
