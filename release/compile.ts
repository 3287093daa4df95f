/**
 * Executables, made by the commands of the task `compile`.
 *
 * @module
 */

import { join } from "@std/path";
import { CommandFailed, runCommand } from "./run_command.ts";
import type { SourceTree } from "./source_tree.ts";
import { PROGRAMS, type Target } from "./targets.ts";

/** Names the runtime of this machine, where that is not to be downloaded. */
const LOCAL_RUNTIME = "DENORT_BIN";

/**
 * Compiles both programs for `target` into `folder`.
 *
 * @returns why that cannot be done here, if the runtime for `target` cannot be had
 * @throws {CommandFailed} for any other reason
 */
export async function compilePrograms(
  tree: SourceTree,
  { triple }: Target,
  folder: string,
): Promise<string | undefined> {
  const env = { ...environmentFor(triple), DENO_DIR: tree.cache };
  for (const command of tree.compileCommands()) {
    const words = compileCommand(command, triple, folder);
    try {
      await runCommand(words, { cwd: tree.folder, env });
    } catch (error) {
      const reason = error instanceof CommandFailed ? missingRuntime(error.output) : undefined;
      if (reason === undefined) throw error;
      return reason;
    }
  }
}

/**
 * Runs the executables in `folder`, if they are for this system, and looks at what they say.
 *
 * @throws {Error} if they are not those of `tree`
 */
export async function tryPrograms(
  { commit, config }: SourceTree,
  { triple, suffix }: Target,
  folder: string,
): Promise<void> {
  if (triple !== Deno.build.target) return;
  const from = `commit ${commit.hash.slice(0, 12)} of ${commit.date}`;
  for (const name of PROGRAMS) {
    const said = await runCommand([join(folder, `${name}${suffix}`), "--version"]);
    const expected = `${name} ${config.version} (${from}, Deno ${Deno.version.deno})`;
    if (said.trim() !== expected) throw new Error(`${said}is not\n${expected}`);
  }
}

/**
 * A command of the task `compile`, for another target and folder.
 *
 * @throws {Error} if it is not as expected
 */
export function compileCommand(
  command: readonly string[],
  triple: string,
  folder: string,
): string[] {
  const [deno, compile, ...flags] = command;
  const at = flags.indexOf("--output") + 1;
  const name = PROGRAMS.find((it) => flags[at] === `dist/${it}`);
  if (deno !== "deno" || compile !== "compile" || !name) {
    throw new Error(`the task compile has a command of another kind: ${command.join(" ")}`);
  }
  const output = flags.with(at, join(folder, name));
  return [Deno.execPath(), compile, "--target", triple, ...output];
}

/** The runtime that was put here is that of this machine: for others one has to be downloaded. */
function environmentFor(triple: string): Record<string, string> {
  const { [LOCAL_RUNTIME]: runtime, ...env } = Deno.env.toObject();
  const isHere = triple === Deno.build.target;
  return runtime !== undefined && isHere ? { ...env, [LOCAL_RUNTIME]: runtime } : env;
}

/** What a failed download of a runtime said. */
function missingRuntime(output: string): string | undefined {
  return /error sending request for url \(\S*denort\S*\).*|.*denort\S* .*404.*/.exec(output)?.[0];
}
