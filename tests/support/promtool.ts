/**
 * Prometheus' own checker of what it reads.
 *
 * @module
 */

import { canRun } from "./permission.ts";

/** Whether it is installed. */
export const HAS_PROMTOOL: boolean = await canRun("promtool", "--version");

/** What it says of `input`, or of the files in `args`; nothing if all is well. */
export async function promtool(args: readonly string[], input = ""): Promise<string> {
  const pipes = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
  const child = new Deno.Command("promtool", { args: [...args], ...pipes }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  const said = decoder.decode(stderr);
  return success || said !== "" ? said : decoder.decode(stdout);
}
