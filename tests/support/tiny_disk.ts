/**
 * Disks that are full soon, or may not be written at all.
 *
 * @module
 */

import { MAY_RUN } from "./permission.ts";

/** A file system in memory, unmounted after the test. */
export class TinyDisk implements AsyncDisposable {
  private constructor(readonly path: string) {}

  /** Mounts one at `path` with the options of mount(8), such as `size=64k` or `ro`. */
  static async mount(path: string, options: string): Promise<TinyDisk> {
    await run("mount", "-t", "tmpfs", "-o", options, "none", path);
    return new TinyDisk(path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run("umount", this.path);
  }
}

/** Whether this machine lets the test mount a disk. */
export const CAN_MOUNT: boolean = MAY_RUN && await canMount();

async function canMount(): Promise<boolean> {
  const path = await Deno.makeTempDir({ prefix: "bittrickle-" });
  try {
    await using _ = await TinyDisk.mount(path, "size=64k");
    return true;
  } catch {
    return false;
  } finally {
    await Deno.remove(path);
  }
}

async function run(name: string, ...args: string[]): Promise<void> {
  const command = new Deno.Command(name, { args, stdout: "null", stderr: "piped" });
  const { success, stderr } = await command.output();
  if (!success) throw new Error(`${name}: ${new TextDecoder().decode(stderr)}`);
}
