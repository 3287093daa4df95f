import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { CatalogueEvent } from "../../lib/index/catalogue/catalogue.ts";
import { InMemoryJournal, type Journal } from "../../lib/index/catalogue/journal.ts";
import { openData } from "../../lib/store/database.ts";
import { publicationsIn } from "../../lib/store/publication_table.ts";
import { SqliteJournal } from "../../lib/store/sqlite_journal.ts";
import { failureOf } from "../support/failures.ts";
import { foldOf, MemoryJournal } from "../support/journals.ts";
import { MAY_USE_DISK } from "../support/permission.ts";
import { TempFolder } from "../support/temp_folder.ts";

const ID = "0123456789abcdef".repeat(4);
const SHARE = "0123456789abcdef";

/** A kind of journal, of which the same is expected as of any other. */
interface Kind {
  readonly name: string;
  readonly ignore: boolean;
  /** Runs `use` with one journal after the other, all of which keep the same events. */
  inTurn(...use: ((journal: Journal) => Promise<void>)[]): Promise<void>;
}

const KINDS: readonly Kind[] = [
  {
    name: "MemoryJournal",
    ignore: false,
    async inTurn(...use) {
      const journal = new MemoryJournal();
      for (const turn of use) await turn(journal);
    },
  },
  {
    name: "SqliteJournal",
    ignore: !MAY_USE_DISK,
    async inTurn(...use) {
      await using folder = await TempFolder.make();
      for (const turn of use) {
        await using journal = new SqliteJournal(folder.pathOf("a.db"));
        await turn(journal);
      }
    },
  },
];

function publish(user: string, name: string, size?: number, id?: string): CatalogueEvent {
  const event = { kind: "publish", user, name } as const;
  return size === undefined
    ? event
    : { ...event, details: id === undefined ? { size } : { size, id } };
}

function withdraw(user: string, name: string): CatalogueEvent {
  return { kind: "withdraw", user, name };
}

for (const { name, ignore, inTurn } of KINDS) {
  Deno.test({ name: `${name} is empty at first`, ignore }, async () => {
    await inTurn((journal) => Promise.resolve(assertEquals(foldOf(journal), [])));
  });

  Deno.test({ name: `${name} keeps what was told last of every publication`, ignore }, async () => {
    const events = [
      publish("hans", "a", 1, ID),
      publish("hans", "b"),
      publish("vader", "a", 0),
      withdraw("yoda", "a"),
      publish("hans", "a", Number.MAX_SAFE_INTEGER),
      publish("hans", "b", 7, ID),
      withdraw("vader", "a"),
      publish("vader", "ä/😀 x"),
      publish("__proto__", "a"),
    ];
    const expected = [
      `__proto__ a - -`,
      `hans a ${Number.MAX_SAFE_INTEGER} -`,
      `hans b 7 ${ID}`,
      `vader ä/😀 x - -`,
    ];
    await inTurn(
      async (journal) => {
        for (const event of events) await journal.append(event);
      },
      (journal) => Promise.resolve(assertEquals(foldOf(journal), expected)),
      async (journal) => await journal.append(withdraw("__proto__", "a")),
      (journal) => Promise.resolve(assertEquals(foldOf(journal), expected.slice(1))),
    );
  });

  Deno.test({ name: `${name} tells the shares of a user apart`, ignore }, async () => {
    const events: CatalogueEvent[] = [
      publish("hans", "a", 1),
      publish("hans", "b", 2),
      { ...publish("hans", "a", 3), share: SHARE },
      { ...publish("hans", "c", 4), share: SHARE },
      { ...publish("vader", "c", 5), share: SHARE },
      { ...withdraw("hans", "b"), share: SHARE },
    ];
    const expected = ["hans a 1 -", `hans a 3 - in ${SHARE}`, "hans b 2 -"];
    const rest = [`hans c 4 - in ${SHARE}`, `vader c 5 - in ${SHARE}`];
    await inTurn(
      async (journal) => {
        for (const event of events) await journal.append(event);
      },
      (journal) => Promise.resolve(assertEquals(foldOf(journal), [...expected, ...rest])),
      async (journal) => {
        await journal.append({
          kind: "publish",
          user: "hans",
          share: SHARE,
          name: "b",
          details: { size: 2, id: ID },
          isAdopted: true,
        });
        await journal.append({ kind: "withdraw", user: "hans", name: "a", isEverywhere: true });
      },
      (journal) => {
        const left = [`hans b 2 ${ID} in ${SHARE}`, ...rest];
        return Promise.resolve(assertEquals(foldOf(journal), left));
      },
    );
  });

  Deno.test(
    { name: `${name} tells what it keeps, in order, before anybody is answered`, ignore },
    async () => {
      const events = Array.from({ length: 300 }, (_, i) => publish("hans", `${i % 7}`, i));
      await inTurn(async (journal) => {
        const heard: CatalogueEvent[] = [];
        await journal.append(publish("hans", "unheard"));
        journal.follow((event) => heard.push(event));
        await Promise.all(events.map(async (event, i) => {
          await journal.append(event);
          assertEquals(heard[i], event);
        }));
        assertEquals(heard, events);
      });
    },
  );

  Deno.test({ name: `${name} keeps many events that are told at once`, ignore }, async () => {
    const names = Array.from({ length: 5_000 }, (_, i) => `${i}`);
    await inTurn(
      async (journal) => {
        await Promise.all(names.map((name) => journal.append(publish("hans", name))));
      },
      (journal) => Promise.resolve(assertEquals(foldOf(journal).length, names.length)),
    );
  });
}

Deno.test(
  { name: "InMemoryJournal keeps nothing, and nobody waits for it", permissions: "none" },
  () => {
    const journal = new InMemoryJournal();
    assertEquals(journal.append(publish("hans", "a")), undefined);
    assertEquals(foldOf(journal), []);
  },
);

const what = {
  user: fc.constantFrom("hans", "vader"),
  share: fc.constantFrom(undefined, SHARE, "ab".repeat(8)),
  name: fc.constantFrom("a", "b", "c/d", "é"),
};
const flags = fc.constantFrom(undefined, true as const);

const events: fc.Arbitrary<CatalogueEvent> = fc.oneof(
  fc.record({ kind: fc.constant("withdraw" as const), ...what, isEverywhere: flags }),
  fc.record({
    kind: fc.constant("publish" as const),
    ...what,
    isAdopted: flags,
    details: fc.option(
      fc.record({ size: fc.nat(), id: fc.constant(ID) }, { requiredKeys: ["size"] }),
      { nil: undefined },
    ),
  }),
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
  const lives = fc.array(fc.array(fc.array(events, { maxLength: 8 }), { maxLength: 4 }), {
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
