/**
 * A disk as those of Windows and macOS, on which `A.txt` and `a.txt` are one file.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { MAY_RUN } from "./permission.ts";
import { systemCommand } from "./system_command.ts";
import { waitFor } from "./wait_for.ts";

/** Debian's own, which finds Debian's packages. */
const PYTHON = "/usr/bin/python3";
const PROGRAM = fromFileUrl(new URL("folding_disk.py", import.meta.url));

/** A mounted disk, unmounted after the test. */
export class FoldingDisk implements AsyncDisposable {
  private constructor(readonly path: string, private readonly program: Deno.ChildProcess) {}

  /** Mounts one at `path`, a new folder; what it holds is kept beside it. */
  static async mount(path: string): Promise<FoldingDisk> {
    const kept = `${path}.kept`;
    await Deno.mkdir(path, { recursive: true });
    await Deno.mkdir(kept);
    const { dev } = await Deno.stat(path);
    const program = python(PROGRAM, kept, path).spawn();
    const disk = new FoldingDisk(path, program);
    try {
      await waitFor("the disk", async () => (await Deno.stat(path)).dev !== dev);
    } catch (error) {
      program.kill("SIGKILL");
      await program.status;
      throw error;
    }
    return disk;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.program.kill("SIGKILL");
    await this.program.status;
    // A program that is still at work there keeps nobody waiting.
    await systemCommand("umount", "--lazy", this.path);
  }
}

/** Whether this machine has what that takes: FUSE, the right to mount, and its package for Python. */
export const CAN_FOLD: boolean = MAY_RUN && await canFold();

async function canFold(): Promise<boolean> {
  const command = python("-c", "import fusepy, os; os.close(os.open('/dev/fuse', os.O_RDWR))");
  return Deno.build.os === "linux" &&
    await command.output().then(({ success }) => success, () => false);
}

function python(...args: string[]): Deno.Command {
  return new Deno.Command(PYTHON, { args, stdout: "null", stderr: "null" });
}
