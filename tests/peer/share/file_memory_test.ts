/**
 * The client's memory on real disks, which are full, read-only, damaged, or shared with others.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { DatabaseSync } from "node:sqlite";
import { formatState } from "../../../lib/peer/share/file_state.ts";
import { STATE, TestMemory } from "../../support/test_memory.ts";
import { canRun, MAY_RUN, MAY_USE_DISK } from "../../support/permission.ts";
import { Program } from "../../support/program.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { CAN_MOUNT, TinyDisk } from "../../support/tiny_disk.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const AS_PROCESSES = { ignore: !MAY_RUN };
const WITH_MOUNTS = { ignore: !CAN_MOUNT };
const WITH_ULIMIT = { ignore: Deno.build.os === "windows" || !await canRun("true") };
const PROGRAM = fromFileUrl(new URL("../../support/memory_program.ts", import.meta.url));

/** How many names the memory at `path`, which is well, says are published. */
async function rememberedIn(path: string): Promise<number> {
  using opened = await TestMemory.open(path);
  assertEquals(opened.troubles, []);
  return opened.published(1);
}

Deno.test("what is remembered is there the next time", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("state/files.db");
  await TestMemory.make(path);
  using again = await TestMemory.open(path);
  assert(again.memory.publications.get("place", "name 0") !== undefined);
  assert(!again.memory.publications.get("other", "name 0") !== undefined);
  assertEquals(again.memory.identityOf("/file 0", STATE)?.id, "id 0");
  assertEquals([again.troubles, again.memory.hasLost], [[], false]);
});

for (const part of ["size", "modified", "changed", "inode"] as const) {
  Deno.test(`a file whose ${part} is another is not the one that was hashed`, ON_DISK, async () => {
    await using folder = await TempFolder.make();
    await TestMemory.make(folder.pathOf("files.db"));
    using again = await TestMemory.open(folder.pathOf("files.db"));
    const state = { ...STATE, [part]: typeof STATE[part] === "bigint" ? 9n : 9 };
    assertEquals(again.memory.identityOf("/file 0", state), undefined);
  });
}

Deno.test("hashes that nobody asks for are dropped, at most once a day", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("files.db");
  await TestMemory.make(path);
  const isKnown = async () => {
    using again = await TestMemory.open(path);
    return again.memory.lastIdentityOf("/file 0") !== undefined;
  };
  const hour = 3_600_000;
  TestMemory.ageHashes(path, Date.now() - 23 * hour);
  assertEquals(await isKnown(), true);
  TestMemory.ageHashes(path, Date.now() - 25 * hour);
  assertEquals(await isKnown(), false);
});

Deno.test("a clock that was ahead keeps no old hashes for ever", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("files.db");
  await TestMemory.make(path);
  TestMemory.ageHashes(path, Date.now() + 1_000 * 24 * 3_600_000);
  using again = await TestMemory.open(path);
  assertEquals(again.memory.lastIdentityOf("/file 0"), undefined);
});

Deno.test("hashes of a batch are known at once, and to others at its end", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("files.db");
  using writer = await TestMemory.open(path);
  using reader = await TestMemory.open(path);
  const known = (by: TestMemory, i: number) => by.memory.identityOf(`/file ${i}`, STATE)?.id;
  {
    using _ = writer.memory.batch();
    for (const i of [0, 1, 2]) {
      writer.memory.remember(`/file ${i}`, {
        id: `id ${i}`,
        layer: new Uint8Array(),
        state: STATE,
      });
    }
    assertEquals([0, 1, 2].map((i) => known(writer, i)), ["id 0", "id 1", "id 2"]);
    assertEquals(known(reader, 0), undefined);
  }
  assertEquals([0, 1, 2].map((i) => known(reader, i)), ["id 0", "id 1", "id 2"]);
  assertEquals([writer.troubles, reader.troubles], [[], []]);
});

Deno.test("a full disk does not cost what was published", WITH_MOUNTS, async () => {
  await using folder = await TempFolder.make();
  await using disk = await TinyDisk.mount(await folder.makeFolder("disk"), "size=256k");
  const path = `${disk.path}/files.db`;
  await TestMemory.make(path);
  disk.fill();
  {
    using full = await TestMemory.open(path);
    assertEquals(full.memory.hasLost, true);
    assertEquals(full.troubles.length, 1);
    assertStringIncludes(full.troubles[0]!, `Going on without "${path}" this time (`);
  }
  disk.free();
  assertEquals(await rememberedIn(path), 1);
});

Deno.test("a disk that may not be written does not cost it either", WITH_MOUNTS, async () => {
  await using folder = await TempFolder.make();
  await using disk = await TinyDisk.mount(await folder.makeFolder("disk"), "size=256k");
  const path = `${disk.path}/files.db`;
  await TestMemory.make(path);
  await disk.remount("ro");
  {
    using locked = await TestMemory.open(path);
    assertEquals(locked.troubles.length, 1);
  }
  await disk.remount("rw");
  assertEquals(await rememberedIn(path), 1);
});

for (const free of [0, 1, 2]) {
  Deno.test(`nor does a limit of ${free} more open files`, WITH_ULIMIT, async () => {
    await using folder = await TempFolder.make();
    const path = folder.pathOf("files.db");
    await TestMemory.make(path);
    const command = [Deno.execPath(), "run", "-A", PROGRAM, path, "place", "0", String(free)];
    const limited = `ulimit -n 256 && exec ${command.join(" ")}`;
    await using program = new Program(["sh", "-c", limited]);
    await program.type("");
    assertEquals(await program.ends(), 0, program.stderr);
    const [trouble] = JSON.parse(program.stdout.split("\n")[1]!);
    assertStringIncludes(trouble, `Going on without "${path}" this time (`);
    assertEquals(await rememberedIn(path), 1);
  });
}

Deno.test("nor does a program that keeps it locked", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("files.db");
  await TestMemory.make(path);
  {
    using other = new DatabaseSync(path);
    other.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    using locked = await TestMemory.open(path);
    assertEquals(locked.troubles.length, 1);
    assertStringIncludes(locked.troubles[0]!, "another program is writing to it");
  }
  assertEquals(await rememberedIn(path), 1);
});

Deno.test("what is not saved has its place among what is, in one order", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("files.db");
  using opened = await TestMemory.open(path);
  const { publications } = opened.memory;
  // By UTF-16 the second comes first.
  const [first, second] = ["\uff01", "\u{1f600}"];
  publications.put("place", [{ name: second, isTold: false }]);
  using other = new DatabaseSync(path);
  other.exec("BEGIN IMMEDIATE");
  publications.put("place", [{ name: first, isTold: false }]);
  const names: string[] = [];
  for (let page = publications.page("place", "", 256); page.length > 0 && names.length < 9;) {
    names.push(...page.map(({ name }) => name));
    page = publications.page("place", names.at(-1)!, 256);
  }
  other.exec("ROLLBACK");
  assertEquals(names, [first, second]);
});

Deno.test("nor does a newer version, whose file is left alone", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("files.db");
  {
    using newer = new DatabaseSync(path);
    newer.exec("CREATE TABLE published (whatever); PRAGMA user_version = 99");
  }
  const before = await Deno.readFile(path);
  {
    using older = await TestMemory.open(path);
    assertStringIncludes(older.troubles[0]!, "a newer BitTrickle has written it");
    older.memory.publications.put("place", [{ name: "name 0", isTold: false }]);
  }
  assertEquals(await Deno.readFile(path), before);
});

Deno.test("a file of the first version keeps what was published", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("files.db");
  {
    using old = new DatabaseSync(path);
    old.exec(`
      PRAGMA journal_mode = WAL;
      CREATE TABLE hashes (
        path TEXT PRIMARY KEY, size INTEGER, modified TEXT, id TEXT, layer BLOB, used INTEGER
      ) WITHOUT ROWID;
      CREATE TABLE published (
        shelf TEXT, name TEXT, PRIMARY KEY (shelf, name)
      ) WITHOUT ROWID;
      INSERT INTO published VALUES ('place', 'name 0');
      INSERT INTO hashes VALUES ('/file 0', 1, '2', 'id', x'00', ${Date.now()})`);
  }
  using opened = await TestMemory.open(path);
  assertEquals([opened.troubles, opened.memory.hasLost], [[], false]);
  assert(opened.memory.publications.get("place", "name 0") !== undefined);
  assertEquals(opened.memory.identityOf("/file 0", STATE), undefined, "to be hashed again");
});

Deno.test(
  "a file of the second version keeps what was published, and hashes",
  ON_DISK,
  async () => {
    await using folder = await TempFolder.make();
    const path = folder.pathOf("files.db");
    {
      using old = new DatabaseSync(path);
      old.exec(`
      CREATE TABLE published (
        shelf TEXT, name TEXT, PRIMARY KEY (shelf, name)
      ) WITHOUT ROWID;
      CREATE TABLE hashes (
        path TEXT PRIMARY KEY, state TEXT, id TEXT, layer BLOB, used INTEGER
      ) WITHOUT ROWID;
      CREATE TABLE shares (
        user TEXT, folder TEXT, share TEXT, PRIMARY KEY (user, folder)
      ) WITHOUT ROWID;
      INSERT INTO published VALUES ('place', 'name 0');
      INSERT INTO hashes VALUES ('/file 0', '${formatState(STATE)}', 'id', x'00', ${Date.now()});
      INSERT INTO shares VALUES ('hans', '/folder', '0123456789abcdef');
      PRAGMA user_version = 2`);
    }
    using opened = await TestMemory.open(path);
    const { memory, troubles } = opened;
    assertEquals([troubles, memory.hasLost], [[], false]);
    assertEquals(memory.publications.get("place", "name 0"), { name: "name 0", isTold: false });
    assertEquals(memory.identityOf("/file 0", STATE)?.id, "id");
    assertEquals(memory.shareOf("hans", "/folder"), "0123456789abcdef");
  },
);

Deno.test("four first starts at once lose nothing", AS_PROCESSES, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("state/files.db");
  await using stack = new AsyncDisposableStack();
  const command = [Deno.execPath(), "run", "-A", PROGRAM, path];
  const programs = [..."abcd"].map((place) => stack.use(new Program([...command, place, "200"])));
  await Promise.all(programs.map((program) => program.shows("ready")));
  await Promise.all(programs.map((program) => program.type("")));
  for (const program of programs) {
    assertEquals(await program.ends(), 0, program.stderr);
    assertEquals(program.stdout, "ready\n[]\n");
  }
  using db = new DatabaseSync(path);
  const rows = db.prepare("SELECT shelf, count(*) FROM published GROUP BY shelf").all();
  assertEquals(
    rows.map((row) => Object.values(row)),
    [..."abcd"].map((place) => [place, 200]),
  );
});
