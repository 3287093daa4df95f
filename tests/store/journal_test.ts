import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { InMemoryJournal, type Journal } from "../../lib/index/catalogue/journal.ts";
import { openData } from "../../lib/store/database.ts";
import { publicationsIn } from "../../lib/store/publication_table.ts";
import { SqliteJournal } from "../../lib/store/sqlite_journal.ts";
import { anyEvents, publish, withdraw } from "../support/events.ts";
import { failureOf } from "../support/failures.ts";
import { foldOf, MemoryJournal } from "../support/journals.ts";
import { MAY_USE_DISK } from "../support/permission.ts";
import { TempFolder } from "../support/temp_folder.ts";

const ID = "0123456789abcdef".repeat(4);

Deno.test(
  { name: "InMemoryJournal keeps nothing, and nobody waits for it", permissions: "none" },
  () => {
    const journal = new InMemoryJournal();
    assertEquals(journal.append(publish("hans", "a")), undefined);
    assertEquals(foldOf(journal), []);
  },
);

/** What is on the disk at this moment, as a crash of the machine would leave it. */
async function crashed(path: string, folder: TempFolder): Promise<Pick<Journal, "entries">> {
  const copy = folder.pathOf("crashed.db");
  for (const end of ["", "-wal"]) await Deno.copyFile(path + end, copy + end);
  using db = openData(copy);
  const entries = [...publicationsIn(db)];
  return { entries: () => entries };
}

Deno.test({
  name: "whatever is told to a SqliteJournal is there after a crash, and after any other end",
  ignore: !MAY_USE_DISK,
}, async () => {
  const lives = fc.array(fc.array(fc.array(anyEvents(), { maxLength: 8 }), { maxLength: 4 }), {
    minLength: 1,
    maxLength: 3,
  });
  await fc.assert(
    fc.asyncProperty(lives, async (lives) => {
      await using folder = await TempFolder.make();
      const path = folder.pathOf("a.db");
      const model = new MemoryJournal();
      for (const batches of lives) {
        await using journal = new SqliteJournal(path);
        assertEquals(foldOf(journal), foldOf(model));
        for (const batch of batches) {
          for (const event of batch) model.append(event);
          await Promise.all(batch.map((event) => journal.append(event)));
          assertEquals(foldOf(await crashed(path, folder)), foldOf(model));
        }
      }
    }),
    { numRuns: 12 },
  );
});

Deno.test({
  name: "events that are told together are kept together, or none of them is",
  ignore: !MAY_USE_DISK,
}, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("a.db");
  {
    await using journal = new SqliteJournal(path);
    await journal.append(publish("hans", "a"), publish("hans", "b", 1, ID));
    const heard: string[] = [];
    journal.follow(({ name }) => heard.push(name));
    const unwritable = publish("hans", "d", 0.5); // No such file is published: the table refuses it.
    const failed = journal.append(publish("hans", "c"), unwritable);
    assertEquals((await failureOf(() => failed)).code, "disk");
    assertEquals(heard, []);
  }
  await using journal = new SqliteJournal(path);
  assertEquals(foldOf(journal), ["hans a - -", `hans b 1 ${ID}`]);
});

Deno.test({
  name: "a data file does not grow by publishing and withdrawing the same",
  ignore: !MAY_USE_DISK,
}, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("a.db");
  const sizes: number[] = [];
  for (let life = 0; life < 2; life++) {
    await using journal = new SqliteJournal(path);
    for (let i = 0; i < 120; i++) {
      const names = Array.from({ length: 20 }, (_, i) => `a rather long name ${i}`);
      await Promise.all(names.map((name) => journal.append(publish("hans", name, i, ID))));
      await Promise.all(names.map((name) => journal.append(withdraw("hans", name))));
    }
    sizes.push((await Deno.stat(path)).size + (await Deno.stat(`${path}-wal`)).size);
  }
  assert(Math.max(...sizes) < 5 * 1_024 * 1_024, sizes.join());
  assert((await Deno.stat(path)).size < 100 * 1_024);
});

Deno.test({
  name: "what waits when a journal is closed is committed first",
  ignore: !MAY_USE_DISK,
}, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("a.db");
  const saved: Promise<void>[] = [];
  {
    await using journal = new SqliteJournal(path);
    for (let i = 0; i < 100; i++) saved.push(journal.append(publish("hans", `${i}`)));
  }
  await Promise.all(saved);
  assertEquals(await folder.names(), ["a.db", "a.db-lock"]);
  await using journal = new SqliteJournal(path);
  assertEquals(foldOf(journal).length, 100);
});
