/**
 * Looking at many files: what they are without asking why not, and nothing that a link leads to.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { lstat } from "node:fs/promises";
import { formatState, stateFrom } from "../../../lib/peer/share/file_state.ts";
import { type Look, lookAtFiles } from "../../../lib/peer/share/look.ts";
import { SMALL_FILE_BYTES } from "../../../lib/peer/share/read_small.ts";
import { someBytes } from "../../support/bytes.ts";
import { hashed } from "../../support/hashed.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const CONTENT = someBytes(40_000);

async function stateOf(path: string): Promise<string> {
  return formatState(stateFrom(await lstat(path, { bigint: true })));
}

/** What a look at `name` in `folder` shows. */
async function look(folder: TempFolder, name: string, known?: string, isHashed = true) {
  const [look] = await lookAtFiles([{ folder: folder.path, name, known, isHashed }]);
  return look;
}

function idOf(look: Look): string | undefined {
  return typeof look === "object" ? look.id : look;
}

Deno.test("a file that is in the state that is known is the same", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const known = await stateOf(await folder.write("a", CONTENT));
  assertEquals(await look(folder, "a", known), "same");
  await folder.write("a", someBytes(40_000, 7));
  assertEquals(await look(folder, "a", known, false), "other");
});

for (const size of [0, 1, 16_384, 16_385, SMALL_FILE_BYTES]) {
  Deno.test(`a file of ${size} bytes is hashed at once`, ON_DISK, async () => {
    await using folder = await TempFolder.make();
    const content = someBytes(size);
    const state = await stateOf(await folder.write("a", content));
    const found = await look(folder, "a");
    const { id, layer } = hashed(content);
    assertEquals(typeof found === "object" && [found.id, found.layer], [id, layer]);
    assertEquals(typeof found === "object" && formatState(found.state), state);
  });
}

Deno.test("a larger one is left to others", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  await folder.write("a", someBytes(SMALL_FILE_BYTES + 1));
  assertEquals(await look(folder, "a"), "other");
});

Deno.test("nothing is told of what is gone, no file, or behind a link", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  await folder.makeFolder("real");
  await folder.write("real/a", CONTENT);
  await Deno.symlink(folder.pathOf("real"), folder.pathOf("link"));
  await Deno.symlink(folder.pathOf("real/a"), folder.pathOf("alias"));
  const names = ["real/a", "link/a", "alias", "real", "none", "real/a/b"];
  const jobs = names.map((name) => ({
    folder: folder.path,
    name,
    known: undefined,
    isHashed: true,
  }));
  const looks = await lookAtFiles(jobs);
  assertEquals(looks.map(idOf), [hashed(CONTENT).id, ...Array(5).fill(undefined)]);
});
