/**
 * Data files of the version before there were shares.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { DatabaseSync } from "node:sqlite";
import { Catalogue } from "../../lib/index/catalogue/catalogue.ts";
import { Publications } from "../../lib/index/catalogue/publications.ts";
import { nameFault } from "../../lib/protocol/names.ts";
import { PLAIN_SHARE } from "../../lib/protocol/share.ts";
import { damageIn, openData } from "../../lib/store/database.ts";
import { publicationsIn } from "../../lib/store/publication_table.ts";
import { MIGRATIONS, versionOf } from "../../lib/store/schema.ts";
import { SqliteJournal } from "../../lib/store/sqlite_journal.ts";
import { inTransaction } from "../../lib/store/transaction.ts";
import { MAY_USE_DISK } from "../support/permission.ts";
import { SHARE } from "../support/sealed_as.ts";
import { TempFolder } from "../support/temp_folder.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const ID = "0123456789abcdef".repeat(4);

/** A publication as the first version knew it. */
interface Former {
  readonly user: string;
  readonly name: string;
  readonly size: number | null;
  readonly id: string | null;
}

const FORMER: readonly Former[] = [
  { user: "hans", name: "a.txt", size: 5, id: ID },
  { user: "hans", name: "b/größe 🎬.mkv", size: Number.MAX_SAFE_INTEGER, id: null },
  { user: "vader", name: "a.txt", size: null, id: null },
  { user: "yoda", name: "a.txt", size: 0, id: "0".repeat(64) },
];

/** Makes a data file of the first version, with that version's own statements. */
function makeFormer(path: string, files: readonly Former[]): void {
  using db = openData(path, MIGRATIONS.slice(0, 1));
  const addUser = db.prepare("INSERT INTO users (name) VALUES (?) ON CONFLICT DO NOTHING");
  const publish = db.prepare(`
    INSERT OR REPLACE INTO publications
    SELECT id, ?, ?, unhex(?) FROM users WHERE name = ?`);
  inTransaction(db, () => {
    addUser.run("nobody-any-more");
    for (const { user, name, size, id } of files) {
      addUser.run(user);
      publish.run(name, size, id, user);
    }
  });
}

/** A line for each publication in `db`, sorted. */
function linesOf(db: DatabaseSync): string[] {
  const lines = Array.from(publicationsIn(db), (event) => {
    const { size = null, id = null } = event.kind === "publish" && event.details || {};
    return `${event.user} ${event.share} ${event.name} ${size} ${id}`;
  });
  return lines.sort();
}

function lineOf({ user, name, size, id }: Former): string {
  return `${user} ${PLAIN_SHARE} ${name} ${size} ${id}`;
}

Deno.test(
  "all that was published before there were shares is in the plain one",
  ON_DISK,
  async () => {
    await using folder = await TempFolder.make();
    const path = folder.pathOf("a.db");
    makeFormer(path, FORMER);
    using db = openData(path);
    assertEquals(versionOf(db), MIGRATIONS.length);
    assertEquals(linesOf(db), FORMER.map(lineOf).sort());
    assertEquals(damageIn(db, "integrity_check"), undefined);
    assertEquals(db.prepare("PRAGMA foreign_key_check").all(), []);
  },
);

Deno.test("whatever was published is there after the change, and once", ON_DISK, async () => {
  const files = fc.uniqueArray(
    fc.record({
      user: fc.constantFrom("hans", "vader", "__proto__", "é"),
      name: fc.string({ unit: "grapheme", minLength: 1 }).filter((name) => !nameFault(name)),
      size: fc.option(fc.maxSafeNat()),
      id: fc.constantFrom(null, ID),
    }).map((file) => file.size === null ? { ...file, id: null } : file),
    { selector: ({ user, name }) => `${user} ${name}`, maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(files, async (files) => {
      await using folder = await TempFolder.make();
      const path = folder.pathOf("a.db");
      makeFormer(path, files);
      using db = openData(path);
      assertEquals(linesOf(db), files.map(lineOf).sort());
    }),
    { numRuns: 20 },
  );
});

Deno.test("a share takes over what was published before name by name", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("a.db");
  makeFormer(path, FORMER);
  {
    await using journal = new SqliteJournal(path);
    const publications = new Publications(journal, new Catalogue());
    const hans = { user: "hans", share: SHARE, adopts: true };
    const told = { size: 5, id: ID };
    assertEquals(await publications.publish(hans, [{ name: "a.txt", details: told }]), {
      kind: "published",
    });
    assertEquals(publications.catalogue.countIn("hans", PLAIN_SHARE), 1);
  }
  await using journal = new SqliteJournal(path);
  const { catalogue } = new Publications(journal, new Catalogue());
  const names = Array.from(catalogue.namesOf("hans"), ({ name, share }) => `${name} ${share}`);
  assertEquals(names, [`a.txt ${SHARE}`, `b/größe 🎬.mkv ${PLAIN_SHARE}`]);
  assertEquals(catalogue.publishersOf("a.txt").length, 3);
});

Deno.test("a share that has nothing left is forgotten at the next start", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("a.db");
  const count = () => {
    using db = openData(path);
    return db.prepare("SELECT count(*) AS count FROM publishers").get()!.count;
  };
  for (let i = 0; i < 3; i++) {
    await using journal = new SqliteJournal(path);
    assertEquals([...journal.entries()].length, i === 0 ? 0 : 1);
    const share = `${i}`.repeat(16);
    await journal.append({ kind: "publish", user: "hans", share, name: "a" });
    await journal.append({ kind: "withdraw", user: "hans", share, name: "a" });
    await journal.append({ kind: "publish", user: "hans", share: SHARE, name: "b" });
  }
  assertEquals(count(), 2);
});
