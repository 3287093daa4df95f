/**
 * A disk in memory for what tests write. Real programs start, save and delete all the time: on a disk
 * that keeps its own books of what was deleted a moment ago, that takes a tenth of all the time of
 * the processors.
 *
 * @module
 */

import { systemCommand } from "../support/system_command.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { CAN_MOUNT } from "../support/tiny_disk.ts";

/** What has to be free, in bytes, so that half of it is enough for all tests at once. */
const MEMORY_BYTES = 8_000_000_000;

/** A folder for temporary files in memory; where there cannot be one, that of the system. */
export class MemoryDisk implements AsyncDisposable {
  private constructor(private readonly folder?: TempFolder) {}

  /** Makes one if this machine has the memory, and lets it be mounted. */
  static async mount(): Promise<MemoryDisk> {
    if (!CAN_MOUNT || Deno.systemMemoryInfo().available < MEMORY_BYTES) return new MemoryDisk();
    const folder = await TempFolder.make();
    const options = `mode=1777,size=${MEMORY_BYTES / 2}`;
    await systemCommand("mount", "-t", "tmpfs", "-o", options, "none", folder.path);
    const disk = new MemoryDisk(folder);
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      Deno.addSignalListener(signal, () => disk[Symbol.asyncDispose]().finally(() => Deno.exit(1)));
    }
    return disk;
  }

  /** What is set for programs that use it. */
  get env(): Readonly<Record<string, string>> {
    return this.folder ? { TMPDIR: this.folder.path } : {};
  }

  /** Unmounts it, also if a program that was left over still has a file of it. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.folder) return;
    await systemCommand("umount", "--lazy", this.folder.path);
    await this.folder[Symbol.asyncDispose]();
  }
}
