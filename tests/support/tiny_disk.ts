/**
 * Disks that are full soon, or may not be written at all.
 *
 * @module
 */

import { MAY_RUN } from "./permission.ts";
import { systemCommand } from "./system_command.ts";

/** A file system in memory, unmounted after the test. */
export class TinyDisk implements AsyncDisposable {
  private constructor(readonly path: string) {}

  /** Mounts one at `path` with the options of mount(8), such as `size=64k` or `ro`. */
  static async mount(path: string, options: string): Promise<TinyDisk> {
    await systemCommand("mount", "-t", "tmpfs", "-o", options, "none", path);
    return new TinyDisk(path);
  }

  /** Fills it to the last byte. */
  fill(): void {
    using file = Deno.openSync(this.#filler, { write: true, create: true });
    try {
      for (;;) file.writeSync(new Uint8Array(512));
    } catch {
      // Full.
    }
  }

  /** Takes out again what filled it. */
  free(): void {
    Deno.removeSync(this.#filler);
  }

  /** Mounts it again with other options, such as `ro`. */
  async remount(options: string): Promise<void> {
    await systemCommand("mount", "-o", `remount,${options}`, this.path);
  }

  get #filler(): string {
    return `${this.path}/filler`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await systemCommand("umount", this.path);
  }
}

/** A disk of its own in a file, which can fail. */
export class FailingDisk implements AsyncDisposable {
  private constructor(readonly path: string) {}

  /** Makes one in the new file `image` and mounts it at `path`. */
  static async mount(image: string, path: string): Promise<FailingDisk> {
    await Deno.writeFile(image, new Uint8Array(16 * 1_048_576));
    await systemCommand("mkfs.ext4", "-q", "-F", image);
    await systemCommand("mount", "-o", "loop", image, path);
    return new FailingDisk(path);
  }

  /** Makes it read-only at once, as the system does when a disk goes bad. */
  async fail(): Promise<void> {
    await systemCommand("mount", "-o", "remount,abort", this.path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await systemCommand("umount", this.path);
  }
}

/** Whether this machine lets the test mount a disk. */
export const CAN_MOUNT: boolean = MAY_RUN && await canMount((path) => {
  return TinyDisk.mount(path, "size=64k");
});

/** The same of a file with a file system in it. */
export const CAN_MOUNT_FILES: boolean = CAN_MOUNT && await canMount((path) => {
  return FailingDisk.mount(`${path}.img`, path);
});

async function canMount(mount: (path: string) => Promise<AsyncDisposable>): Promise<boolean> {
  const folder = await Deno.makeTempDir({ prefix: "bittrickle-" });
  const path = `${folder}/disk`;
  await Deno.mkdir(path);
  try {
    await using _ = await mount(path);
    return true;
  } catch {
    return false;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
