/**
 * A small index, and a backup of it.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type Ended, FROM_SOURCE, Program } from "./program.ts";
import { TempFolder } from "./temp_folder.ts";

/** Runs `bittrickle-server data` in `folder`. */
export async function data(folder: TempFolder, ...args: string[]): Promise<Ended> {
  const command = [...FROM_SOURCE.server, "data", ...args];
  await using program = new Program(command, { cwd: folder.path });
  return await program.finish();
}

/** The names that are published in the data file of `folder`. */
export async function namesIn(folder: TempFolder): Promise<Set<string>> {
  const { stdout } = await data(folder, "export");
  const rows = stdout.split("\n").slice(1, -1).map((line) => JSON.parse(line));
  return new Set(rows.map(({ name }) => name));
}

/** A folder with a small index and a backup `b` of it. */
export async function savedIndex(): Promise<TempFolder> {
  const folder = await TempFolder.make();
  await folder.write("credentials.txt", "hans pw-hans\n");
  await folder.write("credentials.txt.key", "x".repeat(171));
  const lines = ['{"v":2,"type":"publications"}', '{"user":"hans","name":"a"}'];
  const command = [...FROM_SOURCE.server, "data", "import"];
  await using program = new Program(command, { cwd: folder.path });
  assertEquals((await program.finish(...lines)).code, 0);
  assertEquals((await data(folder, "backup", "b")).code, 0);
  return folder;
}
