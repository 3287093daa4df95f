/**
 * Programs whose machine has another date: by `faketime`, where it is installed.
 *
 * @module
 */

import { canRun } from "./permission.ts";

/** Whether programs can be given another date. */
export const CAN_FAKE_TIME: boolean = await canRun("faketime", "--version");

/**
 * Runs `script` by this Deno at `date`, and returns what it says, or else what went wrong. Its steady
 * clock stays as it is. Under `faketime` one run in twenty crashes when it ends, after it has said
 * everything, so how it ends is not looked at.
 */
export async function runAt(date: string, script: string, ...args: string[]): Promise<string> {
  const run = [date, Deno.execPath(), "run", "--quiet", "--allow-net", script, ...args];
  const env = { FAKETIME_DONT_FAKE_MONOTONIC: "1", NO_COLOR: "1" };
  const command = new Deno.Command("faketime", { args: run, env, stderr: "piped" });
  const { stdout, stderr } = await command.output();
  return new TextDecoder().decode(stdout.length ? stdout : stderr);
}
