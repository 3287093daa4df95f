/**
 * Executables to measure, made as releases make them.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import type { Programs } from "../../tests/support/program.ts";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));

/** The Deno that compiles: the one that `DENO` names, or this one. */
const DENO = Deno.env.get("DENO") ?? Deno.execPath();

/** Both programs, and a program to compare them with. */
export interface Compiled {
  readonly programs: Programs;
  readonly hello: readonly string[];
}

/**
 * Compiles both programs as `deno task compile` does, and `hello` into `folder`; `undefined` where no
 * runtime for executables can be had.
 */
export async function compileAll(folder: string, hello: string): Promise<Compiled | undefined> {
  const target = join(folder, "hello");
  if (!await succeeds("compile", "--quiet", "--output", target, hello)) return undefined;
  if (!await succeeds("task", "--quiet", "compile")) return undefined;
  const dist = (name: string) => [join(ROOT, "dist", name)];
  const programs = { server: dist("bittrickle-server"), client: dist("bittrickle-client") };
  return { programs, hello: [target] };
}

async function succeeds(...args: string[]): Promise<boolean> {
  const command = new Deno.Command(DENO, { args, cwd: ROOT, stdout: "null", stderr: "null" });
  return (await command.output()).success;
}
