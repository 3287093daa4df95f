/**
 * A restore that is cut off, by a crash or a failure, after each of its steps.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { indexFilesOf } from "../../../lib/server/data/index_files.ts";
import { type RestoreSteps, restoreSteps } from "../../../lib/server/data/restore_steps.ts";
import { assertRestored } from "../../../lib/store/restore_mark.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };

const BEFORE = {
  "i.db": "data",
  "i.db-wal": "commits",
  "users": "hans",
  "users.key": "key",
  "users.admin": "admin",
};
const AFTER = {
  "i.db": "new data",
  "users": "vader",
  "users.invitations": "new",
  "users.key": "k",
};

async function contents(folder: TempFolder): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for (const name of await folder.names()) {
    all[name] = await Deno.readTextFile(folder.pathOf(name));
  }
  return all;
}

async function folderWith(files: Record<string, string>): Promise<TempFolder> {
  const folder = await TempFolder.make();
  for (const [name, text] of Object.entries(files)) await folder.write(name, text);
  return folder;
}

/** The steps of a restore in `folder`, where former files are kept as `<name>.old`. */
async function stepsIn(folder: TempFolder, ending = ".old"): Promise<RestoreSteps> {
  const files = await indexFilesOf(folder.pathOf("i.db"), folder.pathOf("users"));
  const unpacked = await folder.write("unpacked", AFTER["i.db"]);
  const texts = new Map([["", "vader"], [".invitations", "new"], [".key", "k"]]);
  return await restoreSteps({ files, unpacked, texts, ending });
}

const COUNT = MAY_USE_DISK ? await countSteps() : 0;

async function countSteps(): Promise<number> {
  await using folder = await folderWith(BEFORE);
  return (await stepsIn(folder)).steps.length;
}

function isRestored(folder: TempFolder): boolean {
  try {
    assertRestored(folder.pathOf("i.db"));
    return true;
  } catch {
    return false;
  }
}

Deno.test(
  "a restore that is cut off loses nothing, and no server takes a half",
  ON_DISK,
  async () => {
    for (let done = 0; done <= COUNT; done++) {
      await using folder = await folderWith(BEFORE);
      const { steps } = await stepsIn(folder);
      for (const step of steps.slice(0, done)) await step();
      const now = await contents(folder);
      const isUntouched = Object.entries(BEFORE).every(([name, text]) => now[name] === text);
      const kept = ["i.db.old", "i.db.old-wal", "users.old", "users.key.old", "users.admin.old"];
      const isKept = kept.every((name, at) => now[name] === Object.values(BEFORE)[at]);
      assert(isUntouched || isKept, `${done}`);
      const isThrough = Object.entries(AFTER).every(([name, text]) => now[name] === text);
      if (!isUntouched && !isThrough) {
        assertThrows(() => assertRestored(folder.pathOf("i.db")), BitTrickleError, "was cut off");
      }
      const again = await stepsIn(folder, ".again");
      for (const step of again.steps) await step();
      const names = Object.entries(await contents(folder)).filter(([it]) => !/old|again/.test(it));
      assertEquals(Object.fromEntries(names), AFTER);
      assert(isRestored(folder));
      const later = await contents(folder);
      for (const name of kept) assertEquals(later[name], now[name]);
    }
  },
);

Deno.test("a restore that fails leaves everything as it was", ON_DISK, async () => {
  for (let done = 0; done < COUNT - 1; done++) {
    await using folder = await folderWith(BEFORE);
    const { steps, undo } = await stepsIn(folder);
    for (const step of steps.slice(0, done)) await step();
    await undo();
    const { unpacked: _, ...rest } = await contents(folder);
    assertEquals(rest, BEFORE, `${done}`);
  }
});

Deno.test("what is kept under the same name stays, too", ON_DISK, async () => {
  const before = { ...BEFORE, "users.old": "former" };
  await using folder = await folderWith(before);
  const { steps, undo } = await stepsIn(folder);
  for (const step of steps) if (!await step().then(() => true, () => false)) break;
  await undo();
  const { unpacked: _, ...rest } = await contents(folder);
  assertEquals(rest, before);
});
