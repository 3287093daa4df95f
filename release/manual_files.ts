/**
 * Man pages and completion scripts, written by the programs themselves.
 *
 * @module
 */

import { type Entry, textEntry } from "./entries.ts";
import { runCommand } from "./run_command.ts";
import type { SourceTree } from "./source_tree.ts";
import { PROGRAMS } from "./targets.ts";

/** Where the shells and `man` look below `share`, for a program. */
const PLACES: Readonly<Record<string, (name: string) => string>> = {
  "man": (name) => `share/man/man1/${name}.1`,
  "completion bash": (name) => `share/bash-completion/completions/${name}`,
  "completion zsh": (name) => `share/zsh/site-functions/_${name}`,
  "completion fish": (name) => `share/fish/vendor_completions.d/${name}.fish`,
};

/** PowerShell looks nowhere: its profile has to name the script. */
const FOR_WINDOWS: typeof PLACES = {
  "completion powershell": (name) => `completions/${name}.ps1`,
};

/** What there is for systems with POSIX shells, or for Windows. */
export function manualPlaces(system: "posix" | "windows") {
  const places = Object.entries(system === "windows" ? FOR_WINDOWS : PLACES);
  return PROGRAMS.flatMap((name) => {
    return places.map(([command, place]) => ({ name, command, path: place(name) }));
  });
}

/** The files themselves, written by the programs of `tree`. */
export async function manualFiles(tree: SourceTree, system: "posix" | "windows"): Promise<Entry[]> {
  return await Promise.all(
    manualPlaces(system).map(async ({ name, command, path }) => {
      return textEntry(path, await textOf(tree, name, command.split(" ")));
    }),
  );
}

async function textOf({ folder }: SourceTree, name: string, args: readonly string[]) {
  const program = name.replace("bittrickle-", "");
  const run = [Deno.execPath(), "run", "--quiet", `-P=${program}`, `${program}.ts`];
  return await runCommand([...run, ...args], { cwd: folder });
}
