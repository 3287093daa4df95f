/**
 * The id of the catalogue that a data file holds.
 *
 * @module
 */

import { assertEquals, assertMatch, assertNotEquals, assertThrows } from "@std/assert";
import { BitTrickleError } from "../../lib/errors.ts";
import { damageIn, openData } from "../../lib/store/database.ts";
import { catalogueIdIn, publicationsIn } from "../../lib/store/publication_table.ts";
import { MIGRATIONS, versionOf } from "../../lib/store/schema.ts";
import { SqliteJournal } from "../../lib/store/sqlite_journal.ts";
import { MAY_USE_DISK } from "../support/permission.ts";
import { SHARE } from "../support/sealed_as.ts";
import { TempFolder } from "../support/temp_folder.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
/** Before catalogues had ids. */
const FORMER = MIGRATIONS.slice(0, 2);
const ID = "0123456789abcdef".repeat(4);

async function idOf(path: string): Promise<string> {
  await using journal = new SqliteJournal(path);
  await journal.append({ kind: "publish", user: "hans", name: "a" });
  return journal.catalogueId;
}

/** Makes a data file of the version before. */
function makeFormer(path: string): void {
  using db = openData(path, FORMER);
  db.exec(`
    INSERT INTO publishers VALUES (1, 'hans', '${SHARE}'), (2, 'vader', '0000000000000000');
    INSERT INTO publications VALUES (1, 'a', 5, unhex('${ID}')), (2, 'a', NULL, NULL)`);
}

Deno.test("a data file has one id for ever, and another file another one", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const [one, other] = [folder.pathOf("one.db"), folder.pathOf("other.db")];
  const id = await idOf(one);
  assertMatch(id, /^[0-9a-f]{16}$/);
  assertEquals(await idOf(one), id);
  assertNotEquals(await idOf(other), id);
  await Deno.remove(one);
  assertNotEquals(await idOf(one), id, "it is made anew");
});

Deno.test("a file of the version before gets an id, and keeps all it had", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const ids = new Set<string>();
  for (const path of [folder.pathOf("one.db"), folder.pathOf("other.db")]) {
    makeFormer(path);
    const id = await idOf(path);
    ids.add(id);
    using db = openData(path);
    assertEquals([versionOf(db), catalogueIdIn(db)], [MIGRATIONS.length, id]);
    assertEquals([...publicationsIn(db)], [
      { kind: "publish", user: "hans", share: SHARE, name: "a", details: { size: 5, id: ID } },
      { kind: "publish", user: "vader", share: "0".repeat(16), name: "a" },
      { kind: "publish", user: "hans", share: "0".repeat(16), name: "a" },
    ]);
    assertEquals(damageIn(db, "integrity_check"), undefined);
  }
  assertEquals(ids.size, 2);
});

Deno.test("a file that has lost its id is refused, and not held open", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("a.db");
  for (const damage of ["UPDATE catalogue SET id = 'x'", "DELETE FROM catalogue"]) {
    {
      using db = openData(path);
      db.exec(damage);
    }
    const error = assertThrows(() => new SqliteJournal(path), BitTrickleError);
    assertEquals(error.code, "disk");
    assertMatch(error.message, /it is damaged \(the id of its catalogue is missing\)/);
  }
  {
    using db = openData(path);
    db.exec("INSERT INTO catalogue VALUES ('0123456789abcdef')");
  }
  assertEquals(await idOf(path), "0123456789abcdef");
});
