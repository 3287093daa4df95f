import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { BitTrickleError } from "../../lib/errors.ts";
import { openData, openDataForReading, prepareToWrite } from "../../lib/store/database.ts";
import { publicationsIn, PublicationTable } from "../../lib/store/publication_table.ts";
import { APPLICATION_ID, MIGRATIONS, versionOf } from "../../lib/store/schema.ts";
import { SqliteJournal } from "../../lib/store/sqlite_journal.ts";
import { inTransaction } from "../../lib/store/transaction.ts";
import { someBytes } from "../support/bytes.ts";
import { MAY_USE_DISK } from "../support/permission.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { CAN_MOUNT, TinyDisk } from "../support/tiny_disk.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const PAGE_BYTES = 4_096;

/** Asserts that nobody can open the file at `path`, why, and that it stays as it is. */
async function assertRefused(path: string, ...parts: string[]): Promise<void> {
  const before = await Deno.readFile(path);
  for (const open of [openData, openDataForReading, (path: string) => new SqliteJournal(path)]) {
    const error = assertThrows(() => open(path), BitTrickleError);
    assertEquals(error.code, "disk");
    for (const part of [`Cannot use the data in "${path}": `, ...parts]) {
      assertStringIncludes(error.message, part);
    }
  }
  assertEquals(await Deno.readFile(path), before);
}

function fill(path: string, count: number): void {
  using db = openData(path);
  const table = new PublicationTable(db);
  const details = { size: 1, id: "ab".repeat(32) };
  inTransaction(db, () => {
    for (let i = 0; i < count; i++) {
      table.apply({ kind: "publish", user: `user ${i % 7}`, name: `file number ${i}`, details });
    }
  });
}

Deno.test(
  "a new data file is BitTrickle's, of the newest version, and private",
  ON_DISK,
  async () => {
    await using folder = await TempFolder.make();
    const path = folder.pathOf("a.db");
    using db = openData(path);
    assertEquals(versionOf(db), MIGRATIONS.length);
    assertEquals(db.prepare("PRAGMA application_id").get(), { application_id: APPLICATION_ID });
    fill(path, 1);
    for (const name of await folder.names()) {
      assertEquals((await Deno.stat(folder.pathOf(name))).mode! & 0o777, 0o600, name);
    }
  },
);

Deno.test("a commit waits for the disk, and nobody for a commit", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("a.db");
  openData(path).close();
  using db = new DatabaseSync(path);
  prepareToWrite(db);
  assertEquals(db.prepare("PRAGMA synchronous").get(), { synchronous: 2 }, "FULL");
  assertEquals(db.prepare("PRAGMA journal_mode").get(), { journal_mode: "wal" });
});

Deno.test("what others made is refused", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const text = await folder.write("text", "hans pw-hans\n".repeat(100));
  await assertRefused(text, "it is not a file of BitTrickle. Name another file with --data");
  for (const sql of ["CREATE TABLE mine (x)", "PRAGMA user_version = 1"]) {
    const path = folder.pathOf(`${sql.length}.db`);
    using db = new DatabaseSync(path);
    db.exec(sql);
    await assertRefused(path, "it is not a file of BitTrickle. Name another file with --data");
  }
});

Deno.test("what a newer BitTrickle made is refused", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("a.db");
  openData(path, [...MIGRATIONS, "CREATE TABLE future (x)"]).close();
  await assertRefused(path, "a newer BitTrickle has written it", "Use that one");
});

Deno.test("a file with any page damaged or missing is refused", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const good = folder.pathOf("good.db");
  fill(good, 1_000);
  const bytes = await Deno.readFile(good);
  const pages = bytes.length / PAGE_BYTES;
  assert(pages > 10);
  for (let page = 0; page < pages; page++) {
    const damaged = bytes.slice();
    damaged.set(someBytes(PAGE_BYTES, page + 1), page * PAGE_BYTES);
    const path = await folder.write("damaged.db", damaged);
    if (page === 0) await assertRefused(path, "it is not a file of BitTrickle");
    else await assertRefused(path, "it is damaged", "Move it away, and import an export of it");
  }
  const short = await folder.write("short.db", bytes.subarray(0, bytes.length - PAGE_BYTES));
  await assertRefused(short, "it is damaged");
});

Deno.test("an older file is brought up to date, whole or not at all", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("a.db");
  const old = ["CREATE TABLE files (user TEXT, name TEXT) STRICT"];
  {
    using db = openData(path, old);
    db.exec("INSERT INTO files VALUES ('hans', 'a'), ('hans', 'b'), ('vader', 'a')");
  }
  const carryOver = [
    ...MIGRATIONS,
    `INSERT INTO publishers (user, share) SELECT DISTINCT user, 'cafe' FROM files;
     INSERT INTO publications (publisher, name)
       SELECT id, name FROM files JOIN publishers USING (user)`,
  ];
  const broken = [...old, ...carryOver, "DROP TABLE files", "DROP TABLE files"];
  assertThrows(() => openData(path, broken), BitTrickleError, "no such table: files");
  using db = openData(path, broken.slice(0, -1));
  assertEquals(versionOf(db), broken.length - 1);
  const files = [...publicationsIn(db)].map(({ user, name }) => `${user} ${name}`).sort();
  assertEquals(files, ["hans a", "hans b", "vader a"]);
});

Deno.test("two servers cannot use one file, one after the other can", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("a.db");
  {
    await using _ = new SqliteJournal(path);
    const link = folder.pathOf("link.db");
    await Deno.symlink(path, link);
    for (const name of [path, link]) {
      const error = assertThrows(() => new SqliteJournal(name), BitTrickleError);
      assertEquals(error.code, "disk");
      assertStringIncludes(error.message, "another server, or an import, is using it. Stop that");
    }
  }
  await using _ = new SqliteJournal(path);
});

Deno.test("a file that cannot be made names its place", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("no folder/a.db");
  const error = assertThrows(() => new SqliteJournal(path), BitTrickleError);
  assertStringIncludes(error.message, `Cannot use the data in "${path}": `);
  const missing = assertThrows(() => openDataForReading(path), BitTrickleError);
  assertEquals(missing.code, "not_found");
});

Deno.test(
  "a disk that may not be written is refused at the start",
  { ignore: !CAN_MOUNT },
  async () => {
    await using folder = await TempFolder.make();
    const home = await folder.makeFolder("disk");
    await using _ = await TinyDisk.mount(home, "size=1m,ro");
    const path = `${home}/a.db`;
    const error = assertThrows(() => new SqliteJournal(path), BitTrickleError);
    assertEquals(error.code, "disk");
    assertStringIncludes(error.message, `Cannot use the data in "${path}": it may not be written`);
  },
);
