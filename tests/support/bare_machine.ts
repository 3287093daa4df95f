/**
 * A machine with nothing but the C library, BusyBox, dash and wget, as the root of a file system of its own.
 *
 * @module
 */

import { dirname } from "@std/path";
import { canRun } from "./permission.ts";
import type { ProgramOptions } from "./program.ts";
import { Program } from "./program.ts";
import { systemCommand } from "./system_command.ts";
import { TempFolder } from "./temp_folder.ts";

const BUSYBOX = "/bin/busybox";
/** BusyBox' own wget crashes where it cannot look up names, and its shell takes no other. */
const INSTEAD = { wget: "/usr/bin/wget", sh: "/bin/dash" };

/** Whether there can be one: on Linux, for root, with a BusyBox that needs no libraries. */
export const HAS_BARE_MACHINE: boolean = Deno.build.os === "linux" &&
  await canRun("unshare", "--mount", "true") && await canRun(INSTEAD.wget, "--version") &&
  await canRun(INSTEAD.sh, "-c", ":") && await canRun(BUSYBOX, "true") &&
  !await canRun("ldd", BUSYBOX);

/**
 * Goes into the root `$0`, with the processes to be seen there: an executable reads itself by
 * /proc/self/exe. The working directory stays the same. There are no certificates of a system.
 */
const ENTER =
  'unset DENO_TLS_CA_STORE; mount -t proc proc "$0/proc" && cd "$PWD" && exec unshare --root="$0" ' +
  '--wd="$PWD" "$@"';

/** The machine. */
export class BareMachine implements AsyncDisposable {
  private constructor(readonly root: TempFolder) {}

  /** Makes one, with the libraries that `executable` is linked to. */
  static async make(executable: string): Promise<BareMachine> {
    const root = await TempFolder.make();
    for (const folder of ["bin", "dev", "proc", "root", "tmp"]) await root.makeFolder(folder);
    for (const path of [BUSYBOX, ...await librariesOf(executable)]) await copyInto(root, path);
    await systemCommand("chroot", root.path, BUSYBOX, "--install", "-s", "/bin");
    for (const [name, path] of Object.entries(INSTEAD)) {
      for (const library of await librariesOf(path)) await copyInto(root, library);
      await Deno.remove(root.pathOf(`bin/${name}`));
      await Deno.copyFile(path, root.pathOf(`bin/${name}`));
    }
    // BusyBox writes there what is to be forgotten.
    await root.write("dev/null", "");
    // A path of the machine around it means the same inside.
    const inside = root.pathOf(root.path.slice(1));
    await Deno.mkdir(dirname(inside), { recursive: true });
    await Deno.symlink("/", inside);
    return new BareMachine(root);
  }

  /** The words by which `program` of this machine is started. */
  words(program: string): string[] {
    return ["unshare", "--mount", "sh", "-c", ENTER, this.root.path, program];
  }

  /** Starts `program` of this machine, in its root. */
  start(program: string, args: readonly string[], { env }: ProgramOptions = {}): Program {
    const surroundings = { HOME: "/root", PATH: "/bin", ...env };
    return new Program([...this.words(program), ...args], {
      cwd: this.root.path,
      // What the script above needs is of the machine around it.
      env: { ...surroundings, PATH: `${surroundings.PATH}:${Deno.env.get("PATH")}` },
    });
  }

  /** Where temporary folders of this machine are, by a path of the machine around it. */
  get tmp(): string {
    return this.root.pathOf("tmp");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.root[Symbol.asyncDispose]();
  }
}

async function librariesOf(executable: string): Promise<string[]> {
  return (await systemCommand("ldd", executable)).match(/\/\S+(?= \()/g) ?? [];
}

async function copyInto(root: TempFolder, path: string): Promise<void> {
  await Deno.mkdir(root.pathOf(dirname(path)), { recursive: true });
  await Deno.copyFile(path, root.pathOf(path));
}
