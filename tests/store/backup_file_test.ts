import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { BitTrickleError } from "../../lib/errors.ts";
import { DataSnapshot, unpackBackup } from "../../lib/store/backup_file.ts";
import { SqliteJournal } from "../../lib/store/sqlite_journal.ts";
import { MAY_USE_DISK } from "../support/permission.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { CAN_MOUNT, TinyDisk } from "../support/tiny_disk.ts";

const ON_DISK = { ignore: !MAY_USE_DISK } as const;
const FILES = [{ name: ".key", bytes: new TextEncoder().encode("the former key") }];

/** Adds the publication `name` to the data file at `path`, and returns all names in it. */
async function namesAfter(path: string, ...names: readonly string[]): Promise<string[]> {
  await using journal = new SqliteJournal(path);
  const found = [...journal.entries()].map(({ name }) => name);
  for (const name of names) await journal.append({ kind: "publish", user: "hans", name });
  return [...found, ...names];
}

Deno.test(
  "a backup is of one index, though a restore puts another in its place",
  ON_DISK,
  async () => {
    await using folder = await TempFolder.make();
    const [path, other, copy] = ["index.db", "other.db", "copy.db"].map((it) => folder.pathOf(it));
    await namesAfter(path!, "former");
    await namesAfter(other!, "restored");
    {
      using snapshot = new DataSnapshot(path!);
      await Deno.rename(path!, `${path}.replaced`);
      await Deno.rename(other!, path!);
      await snapshot.saveAt(copy!, "b", FILES);
    }
    assertEquals(unpackBackup(copy!, "b", [".key"]), FILES);
    assertEquals(await namesAfter(copy!), ["former"]);
    assertEquals(await namesAfter(path!), ["restored"]);
  },
);

Deno.test("a disk that is full is told by the name of the backup", {
  ignore: !CAN_MOUNT,
}, async () => {
  await using folder = await TempFolder.make();
  const home = await folder.makeFolder("disk");
  await using disk = await TinyDisk.mount(home, "size=128k");
  const path = folder.pathOf("index.db");
  await namesAfter(path, "a");
  disk.fill();
  using snapshot = new DataSnapshot(path);
  const save = () => snapshot.saveAt(`${home}/.b-temporary`, `${home}/b`, FILES);
  const { code, message } = await assertRejects(save, BitTrickleError);
  assertEquals(code, "disk");
  assertStringIncludes(message, `"${home}/b": the disk is full`);
});
