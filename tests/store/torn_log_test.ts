import { assert, assertEquals } from "@std/assert";
import { openData } from "../../lib/store/database.ts";
import { publicationsIn } from "../../lib/store/publication_table.ts";
import { SqliteJournal } from "../../lib/store/sqlite_journal.ts";
import { someBytes } from "../support/bytes.ts";
import { MAY_USE_DISK } from "../support/permission.ts";
import { seededRandom } from "../support/seeded.ts";
import { TempFolder } from "../support/temp_folder.ts";

const BATCHES = 12;
const BATCH_EVENTS = 5;

/** A data file and its write-ahead log, as a crash leaves them. */
interface Remains {
  readonly data: Uint8Array;
  readonly log: Uint8Array;
  /** How long the log was after each batch, the first of them none. */
  readonly ends: readonly number[];
}

/** Commits {@linkcode BATCHES} batches and returns what is on the disk then. */
async function commitAll(folder: TempFolder): Promise<Remains> {
  const path = folder.pathOf("a.db");
  await using journal = new SqliteJournal(path);
  const ends = [(await Deno.stat(`${path}-wal`)).size];
  for (let batch = 0; batch < BATCHES; batch++) {
    const names = Array.from({ length: BATCH_EVENTS }, (_, i) => `${batch} ${i}`);
    const details = { size: batch, id: "ab".repeat(32) };
    await Promise.all(names.map((name) => {
      return journal.append({ kind: "publish", user: "hans", name, details });
    }));
    ends.push((await Deno.stat(`${path}-wal`)).size);
  }
  return { data: await Deno.readFile(path), log: await Deno.readFile(`${path}-wal`), ends };
}

/** How many batches a server finds that starts with `data` and `log`; never a part of one. */
async function batchesIn(folder: TempFolder, data: Uint8Array, log: Uint8Array): Promise<number> {
  const path = await folder.write("torn.db", data);
  await folder.write("torn.db-wal", log);
  using db = openData(path);
  const found = [...publicationsIn(db)].map(({ name }) => name.split(" ").map(Number));
  const batches = found.length / BATCH_EVENTS;
  assert(found.every(([batch]) => batch! < batches), "a batch is missing before a later one");
  assert(Number.isInteger(batches), "a part of a batch");
  return batches;
}

Deno.test({
  name: "a write that a crash tore off takes nothing with it that was committed before",
  ignore: !MAY_USE_DISK,
}, async () => {
  await using folder = await TempFolder.make();
  const { data, log, ends } = await commitAll(folder);
  assertEquals(await batchesIn(folder, data, log), BATCHES);
  const random = seededRandom(1);
  for (const [committed, end] of ends.entries()) {
    const next = ends[committed + 1] ?? end + 5_000;
    const torn = end + Math.floor(random() * (next - end));
    assertEquals(await batchesIn(folder, data, log.subarray(0, torn)), committed, "cut off");
    const garbled = log.slice(0, next);
    garbled.set(someBytes(garbled.length - end, committed + 1), end);
    assertEquals(await batchesIn(folder, data, garbled), committed, "overwritten");
    const half = new Uint8Array(next);
    half.set(log.subarray(0, torn));
    assertEquals(await batchesIn(folder, data, half), committed, "the end is zeros");
  }
});

Deno.test({
  name: "garbage after the last commit is no commit",
  ignore: !MAY_USE_DISK,
}, async () => {
  await using folder = await TempFolder.make();
  const { data, log } = await commitAll(folder);
  for (const garbage of [someBytes(10), someBytes(50_000), log, log.subarray(32)]) {
    const longer = new Uint8Array([...log, ...garbage]);
    assertEquals(await batchesIn(folder, data, longer), BATCHES);
  }
});
