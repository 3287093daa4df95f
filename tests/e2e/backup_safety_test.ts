/**
 * What a backup and a restore must not do to the files of an index.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { FileLock } from "../../lib/files/file_lock.ts";
import { MAY_RUN } from "../support/permission.ts";
import { FROM_SOURCE, Program } from "../support/program.ts";
import { data, namesIn, savedIndex } from "../support/saved_index.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { waitFor } from "../support/wait_for.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };
const WITH_LINKS = { ignore: !MAY_RUN || Deno.build.os === "windows" };

Deno.test("a backup never takes the name of a file of the index", WITH_LINKS, async () => {
  await using folder = await savedIndex();
  await Deno.rename(folder.pathOf("bittrickle.db"), folder.pathOf("real.db"));
  await Deno.symlink("real.db", folder.pathOf("bittrickle.db"));
  await Deno.symlink(".", folder.pathOf("here"));
  const before = await folder.names();
  const names = ["bittrickle.db", "real.db", "here/real.db", "real.db-wal", "real.db-lock"];
  const ofAccounts = ["credentials.txt", "here/credentials.txt.key", "credentials.txt.invitations"];
  for (const name of [...names, ...ofAccounts]) {
    const refused = await data(folder, "backup", name, "--force");
    assertEquals(refused.code, 2, `${name}: ${refused.stderr}`);
    assertStringIncludes(refused.stderr, "give the backup another name");
  }
  assertEquals((await folder.names()).filter((name) => !before.includes(name)), []);
  assertEquals(await namesIn(folder), new Set(["a"]));
});

Deno.test(
  "a backup that a restore would write over is refused, and stays",
  AS_PROCESSES,
  async () => {
    await using folder = await savedIndex();
    const whole = await Deno.readFile(folder.pathOf("b"));
    for (
      const name of ["credentials.txt.new", "bittrickle.db.unpacking", "bittrickle.db.restoring"]
    ) {
      await Deno.copyFile(folder.pathOf("b"), folder.pathOf(name));
      const refused = await data(folder, "restore", name, "--force");
      assertEquals(refused.code, 2, `${name}: ${refused.stderr}`);
      assertEquals(await Deno.readFile(folder.pathOf(name)), whole);
    }
  },
);

Deno.test("a restore in the place of a data file goes by that name", AS_PROCESSES, async () => {
  await using folder = await savedIndex();
  await Deno.copyFile(folder.pathOf("b"), folder.pathOf("bittrickle.db"));
  assertEquals((await data(folder, "restore", "bittrickle.db", "--force")).code, 0);
  assertEquals(await namesIn(folder), new Set(["a"]));
});

Deno.test("nothing works with what a restore has left half-way", AS_PROCESSES, async () => {
  await using folder = await savedIndex();
  await folder.write("bittrickle.db.restoring", "");
  const key = await Deno.readTextFile(folder.pathOf("credentials.txt.key"));
  await Deno.remove(folder.pathOf("credentials.txt.key"));
  for (const args of [["0"], ["--check"], ["data", "export"], ["data", "backup", "c"]]) {
    await using program = new Program([...FROM_SOURCE.server, ...args], { cwd: folder.path });
    const refused = await program.finish();
    assertEquals(refused.code, 7, args.join(" "));
    assertStringIncludes(refused.stderr, "a restore of it is under way, or was cut off");
  }
  assert(!(await folder.names()).includes("credentials.txt.key"), "no key is made");
  assertEquals((await data(folder, "restore", "b", "--force")).code, 0);
  assertEquals(await namesIn(folder), new Set(["a"]));
  assertEquals(await Deno.readTextFile(folder.pathOf("credentials.txt.key")), key);
});

Deno.test("a restore goes where links lead, and keeps rights", WITH_LINKS, async () => {
  await using folder = await savedIndex();
  await folder.makeFolder("disk");
  for (const name of ["bittrickle.db", "credentials.txt.key"]) {
    await Deno.rename(folder.pathOf(name), folder.pathOf(`disk/${name}`));
    await Deno.symlink(`disk/${name}`, folder.pathOf(name));
  }
  await Deno.chmod(folder.pathOf("credentials.txt"), 0o640);
  await Deno.chmod(folder.pathOf("disk/bittrickle.db"), 0o660);
  assertEquals((await data(folder, "restore", "b", "--force")).code, 0);
  const modeOf = async (name: string) => (await Deno.stat(folder.pathOf(name))).mode! & 0o777;
  assertEquals(await modeOf("credentials.txt"), 0o640);
  assertEquals(await modeOf("disk/bittrickle.db"), 0o660);
  for (const name of ["bittrickle.db", "credentials.txt.key"]) {
    assert((await Deno.lstat(folder.pathOf(name))).isSymlink, name);
  }
  const kept = (await folder.namesIn("disk")).filter((name) => name.includes(".replaced-"));
  assertEquals(kept.length, 2);
  assertEquals(await namesIn(folder), new Set(["a"]));
});

Deno.test("a restore that fails leaves nothing of itself", AS_PROCESSES, async () => {
  await using folder = await savedIndex();
  await using target = await TempFolder.make();
  await Deno.copyFile(folder.pathOf("b"), target.pathOf("b"));
  await target.makeFolder("credentials.txt.key.new"); // The key cannot be written.
  await target.write("credentials.txt.key.new/x", "");
  const failed = await data(target, "restore", "b");
  assertEquals(failed.code, 7);
  const left = (await target.names()).filter((name) => !name.endsWith("-lock"));
  assertEquals(left, ["b", "credentials.txt.key.new"]);
});

Deno.test("a backup restores no files but those of an index", AS_PROCESSES, async () => {
  await using folder = await savedIndex();
  await using target = await TempFolder.make();
  {
    using db = new DatabaseSync(folder.pathOf("b"));
    db.exec("UPDATE backup_files SET name = '-evil' WHERE name = '.key'");
  }
  await Deno.copyFile(folder.pathOf("b"), target.pathOf("b"));
  const refused = await data(target, "restore", "b");
  assertEquals(refused.code, 7);
  assertStringIncludes(refused.stderr, 'in "b": it holds what is no file of an index');
  assertEquals((await target.names()).filter((name) => !name.endsWith("-lock")), ["b"]);
});

Deno.test(
  "the log of a restore that was cut off does not harm the next one",
  AS_PROCESSES,
  async () => {
    await using folder = await savedIndex();
    await using target = await TempFolder.make();
    await Deno.copyFile(folder.pathOf("b"), target.pathOf("b"));
    for (const name of ["restoring", "unpacking"]) {
      const path = target.pathOf(`bittrickle.db.${name}`);
      await hotJournalAt(path);
      if (name === "restoring") await Deno.remove(path);
    }
    const restored = await data(target, "restore", "b");
    assertEquals(restored.code, 0, restored.stderr);
    assertEquals(await namesIn(target), new Set(["a"]));
  },
);

Deno.test("a server that starts holds its files before it reads them", AS_PROCESSES, async () => {
  await using folder = await savedIndex();
  await Deno.remove(folder.pathOf("credentials.txt.key"));
  await Deno.remove(folder.pathOf("bittrickle.db-lock"));
  const lock = FileLock.tryTake(folder.pathOf("credentials.txt-lock"))!;
  const command = [...FROM_SOURCE.server, "0", "--log", "json"];
  await using server = new Program(command, { cwd: folder.path });
  const isThere = () =>
    Deno.stat(folder.pathOf("bittrickle.db-lock")).then(() => true, () => false);
  await waitFor("that it waits for the credentials", isThere);
  const refused = await data(folder, "restore", "b", "--force");
  assertEquals(refused.code, 7);
  assertStringIncludes(refused.stderr, "another server, or an import, is using it");
  lock[Symbol.dispose]();
  await server.shows('"event":"listening"');
});

/** Leaves a database and its journal at `path` as a program does that is killed in a transaction. */
async function hotJournalAt(path: string): Promise<void> {
  const during = `${path}-during`;
  using db = new DatabaseSync(during);
  db.exec("PRAGMA cache_size = 1; CREATE TABLE t (x); BEGIN");
  db.exec("INSERT INTO t SELECT zeroblob(5000) FROM (VALUES (1),(2),(3),(4),(5),(6),(7),(8))");
  await Deno.copyFile(during, path);
  await Deno.copyFile(`${during}-journal`, `${path}-journal`);
  db.exec("ROLLBACK");
  await Deno.remove(during);
}
