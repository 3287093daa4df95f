/**
 * Reading small published files: only what was published, and nothing that a link leads to.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { lstat } from "node:fs/promises";
import { type FileState, stateFrom } from "../../../lib/peer/share/file_state.ts";
import { readSmallFiles } from "../../../lib/peer/share/read_small.ts";
import { someBytes } from "../../support/bytes.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const CONTENT = someBytes(10_000);

async function stateOf(path: string): Promise<FileState> {
  return stateFrom(await lstat(path, { bigint: true }));
}

Deno.test("files are read as they were published, each for itself", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  await folder.makeFolder("t");
  const state = await stateOf(await folder.write("t/a", CONTENT));
  const changed = await stateOf(await folder.write("t/b", CONTENT));
  await folder.write("t/b", someBytes(10_000, 7));
  const shorter = await stateOf(await folder.write("t/c", CONTENT));
  await Deno.truncate(folder.pathOf("t/c"), 9_000);
  const gone = await stateOf(await folder.write("t/d", CONTENT));
  await Deno.remove(folder.pathOf("t/d"));
  const states = { "t/a": state, "t/b": changed, "t/c": shorter, "t/d": gone, t: state };
  const contents = await readSmallFiles(
    Object.entries(states).map(([name, state]) => ({ folder: folder.path, name, state })),
  );
  assertEquals(contents, [CONTENT, undefined, undefined, undefined, undefined]);
});

Deno.test("nothing is read through a link, be it the very file", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  await folder.makeFolder("real");
  const state = await stateOf(await folder.write("real/a", CONTENT));
  await Deno.symlink(folder.pathOf("real"), folder.pathOf("link"));
  await Deno.symlink(folder.pathOf("real/a"), folder.pathOf("alias"));
  const names = ["real/a", "link/a", "alias"];
  const jobs = names.map((name) => ({ folder: folder.path, name, state }));
  assertEquals(await readSmallFiles(jobs), [CONTENT, undefined, undefined]);
});
