/**
 * How long a transfer takes whose rate is limited.
 *
 * @module
 */

import { assert } from "@std/assert";
import { someBytes } from "./bytes.ts";
import type { ShellUser } from "./clients.ts";

const LONG_MS = 60_000;

/** Writes `bytes` bytes into the folder of `user` and publishes them as `big`. */
export async function publishBytes({ shell, folder }: ShellUser, bytes: number): Promise<void> {
  await Deno.writeFile(`${folder}/big`, someBytes(bytes));
  await shell.ask("pub big", "File published successfully\n");
}

/** Gets `big` and returns how many seconds that takes. */
export async function secondsToGet({ shell }: ShellUser): Promise<number> {
  const began = performance.now();
  await shell.type("get big");
  await shell.shows("big downloaded successfully\n", LONG_MS);
  return (performance.now() - began) / 1_000;
}

/** Makes sure that `actual` is within a tenth of `expected`. */
export function assertNear(actual: number, expected: number): void {
  assert(Math.abs(actual / expected - 1) < 0.1, `${actual} is not within 10 % of ${expected}`);
}
