/**
 * The client's memory when it is damaged, or cannot be written any more while the client runs.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { STATE, TestMemory } from "../../support/test_memory.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { CAN_MOUNT, TinyDisk } from "../../support/tiny_disk.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const WITH_MOUNTS = { ignore: !CAN_MOUNT };
const NAMES = 1_000;
const PAGE_BYTES = 4_096;

/** The number of the page, from 1 on, on which the table `table` begins. */
function rootOf(path: string, table: string): number {
  using db = new DatabaseSync(path);
  const row = db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = ?").get(table);
  return row!.rootpage as number;
}

/** The number of a page in the middle of the table or index that begins on the page `root`. */
function middleOf(path: string, root: number): number {
  const file = new DataView(Deno.readFileSync(path).buffer);
  const at = (root - 1) * PAGE_BYTES;
  const cells = file.getUint16(at + 3);
  const middle = file.getUint16(at + 12 + 2 * (cells >> 1));
  return file.getUint32(at + middle);
}

/** Overwrites `bytes` of the file from `at` on. */
function damage(path: string, at: number, bytes: number): void {
  using file = Deno.openSync(path, { write: true });
  file.seekSync(at, Deno.SeekMode.Start);
  file.writeSync(new Uint8Array(bytes).fill(0xa5));
}

/** The share of hans in a folder, made if there is none. */
async function shareIn(path: string): Promise<string> {
  using opened = await TestMemory.open(path);
  return opened.memory.shareOf("hans", "/folder");
}

/** What was set aside in `folder`. */
async function setAside(folder: TempFolder): Promise<string[]> {
  return (await folder.names()).filter((name) => name.startsWith("files.db.damaged-"));
}

for (const [what, at, bytes] of [["header", 0, 100], ["table of tables", 100, 3_996]] as const) {
  Deno.test(`a memory with a damaged ${what} is set aside, and said`, ON_DISK, async () => {
    await using folder = await TempFolder.make();
    const path = folder.pathOf("files.db");
    await TestMemory.make(path);
    damage(path, at, bytes);
    const damaged = await Deno.readFile(path);
    {
      using fresh = await TestMemory.open(path);
      const [aside] = await setAside(folder);
      assertEquals(fresh.troubles.length, 1);
      assertStringIncludes(fresh.troubles[0]!, `"${path}" was damaged, and is now "${path}.damage`);
      assertEquals(await Deno.readFile(folder.pathOf(aside!)), damaged);
      assertEquals([fresh.memory.hasLost, fresh.published(1)], [true, 0]);
      fresh.memory.publications.put("place", [{ name: "name 0", isTold: false }]);
    }
    using again = await TestMemory.open(path);
    assertEquals([again.troubles, again.memory.hasLost, again.published(1)], [[], false, 1]);
  });
}

Deno.test("damage that shows later costs no publication that can be read", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("files.db");
  await TestMemory.make(path, NAMES);
  damage(path, (rootOf(path, "hashes") - 1) * PAGE_BYTES, PAGE_BYTES);
  using opened = await TestMemory.open(path);
  assertEquals(opened.memory.identityOf("/file 0", STATE), undefined);
  assertEquals(opened.troubles.length, 1);
  assertEquals(opened.published(NAMES), NAMES);
  opened.memory.remember("/file 0", { id: "id", layer: new Uint8Array(), state: STATE });
  assertEquals(opened.memory.identityOf("/file 0", STATE)?.id, "id");
  assertEquals(opened.troubles.length, 1);
});

Deno.test("a folder is the same share after damage elsewhere", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("files.db");
  await TestMemory.make(path, NAMES);
  const share = await shareIn(path);
  damage(path, (rootOf(path, "hashes") - 1) * PAGE_BYTES, PAGE_BYTES);
  using opened = await TestMemory.open(path);
  opened.memory.identityOf("/file 0", STATE);
  assertEquals(opened.troubles.length, 1);
  assertEquals(opened.memory.shareOf("hans", "/folder"), share);
});

Deno.test("of damaged publications those around the damage are kept", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("files.db");
  await TestMemory.make(path, NAMES);
  damage(path, (middleOf(path, rootOf(path, "published")) - 1) * PAGE_BYTES, PAGE_BYTES);
  using opened = await TestMemory.open(path);
  const kept = opened.published(NAMES);
  assert(kept > NAMES / 2 && kept < NAMES, `${kept} are kept`);
  assertEquals(opened.troubles.length, 1);
});

Deno.test("two clients that find the damage set it aside once", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("files.db");
  using first = await TestMemory.open(path);
  using second = await TestMemory.open(path);
  await TestMemory.make(path, NAMES);
  {
    using db = new DatabaseSync(path);
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  }
  damage(path, (rootOf(path, "hashes") - 1) * PAGE_BYTES, PAGE_BYTES);
  for (const { memory } of [first, second]) memory.identityOf("/file 0", STATE);
  first.memory.publications.put("place", [{ name: "from the first", isTold: false }]);
  assert(second.memory.publications.get("place", "from the first") !== undefined);
  assertEquals(first.troubles.length + second.troubles.length, 1);
});

Deno.test("what cannot be remembered is said, once", WITH_MOUNTS, async () => {
  await using folder = await TempFolder.make();
  await using disk = await TinyDisk.mount(await folder.makeFolder("disk"), "size=256k");
  const path = `${disk.path}/files.db`;
  {
    using opened = await TestMemory.open(path);
    disk.fill();
    for (let i = 0; i < 100; i++) {
      opened.memory.publications.put("place", [{ name: `name ${i}`, isTold: false }]);
    }
    assertEquals(opened.published(100), 100, "in this session");
    assertEquals(opened.troubles.length, 1);
    assertStringIncludes(opened.troubles[0]!, `Cannot write to "${path}" (`);
    assertStringIncludes(opened.troubles[0]!, "will not be remembered");
    assertEquals(opened.memory.hasLost, true);
    opened.memory.publications.remove("place", "name 99");
    assertEquals(opened.published(100), 99);
  }
  disk.free();
  using again = await TestMemory.open(path);
  const kept = again.published(100);
  assert(kept < 99, `${kept} fitted in`);
});

Deno.test("it is remembered after all if there is room at the end", WITH_MOUNTS, async () => {
  await using folder = await TempFolder.make();
  await using disk = await TinyDisk.mount(await folder.makeFolder("disk"), "size=2m");
  const path = `${disk.path}/files.db`;
  {
    using opened = await TestMemory.open(path);
    disk.fill();
    for (let i = 0; i < 100; i++) {
      opened.memory.publications.put("place", [{ name: `name ${i}`, isTold: false }]);
    }
    disk.free();
  }
  using again = await TestMemory.open(path);
  assertEquals(again.published(100), 100);
});
