import { assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import type { CatalogueEvent } from "../../lib/index/catalogue/catalogue.ts";
import type { Journal } from "../../lib/index/catalogue/journal.ts";
import { isCatalogueId } from "../../lib/protocol/catalogue_id.ts";
import { anyEvents, naiveLinesOf, publish, withdraw } from "../support/events.ts";
import { JOURNAL_KINDS } from "../support/journal_kinds.ts";

const ID = "0123456789abcdef".repeat(4);
const SHARE = "0123456789abcdef";

for (const { name, ignore, inTurn } of JOURNAL_KINDS) {
  // Such tests run with no others beside them, which might start programs: those inherit, for a moment,
  // the lock of a data file.
  const options = name === "MemoryJournal" ? { permissions: "none" } as const : { ignore };

  Deno.test({ name: `${name} is empty at first`, ...options }, async () => {
    await inTurn(({ lines, told }) => Promise.resolve(assertEquals([lines, told], [[], []])));
  });

  Deno.test(
    { name: `${name} keeps what was told last of every publication`, ...options },
    async () => {
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
        async (followed) => {
          for (const event of events) await followed.journal.append(event);
          assertEquals(followed.lines, expected);
        },
        async (followed) => {
          assertEquals(followed.lines, expected);
          await followed.journal.append(withdraw("__proto__", "a"));
        },
        ({ lines }) => Promise.resolve(assertEquals(lines, expected.slice(1))),
      );
    },
  );

  Deno.test({ name: `${name} tells the shares of a user apart`, ...options }, async () => {
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
    const adopted: CatalogueEvent = {
      ...{ kind: "publish", user: "hans", share: SHARE, name: "b", isAdopted: true },
      details: { size: 2, id: ID },
    };
    await inTurn(
      async ({ journal }) => {
        for (const event of events) await journal.append(event);
      },
      async ({ journal, lines }) => {
        assertEquals(lines, [...expected, ...rest]);
        await journal.append(adopted);
        await journal.append({ kind: "withdraw", user: "hans", name: "a", isEverywhere: true });
      },
      ({ lines }) => Promise.resolve(assertEquals(lines, [`hans b 2 ${ID} in ${SHARE}`, ...rest])),
    );
  });

  Deno.test(
    { name: `${name} tells what it keeps before anybody is answered`, ignore },
    async () => {
      const events = Array.from({ length: 300 }, (_, i) => publish("hans", `${i % 7}`, i));
      await inTurn(async ({ journal, told }) => {
        await Promise.all(events.map(async (event) => {
          await journal.append(event);
          assertEquals(sizesOf(told).includes(sizesOf([event])[0]!), true);
        }));
        const expected = events.map((event) => sizesOf([event])[0]);
        for (let name = 0; name < 7; name++) {
          const isMeant = (event: CatalogueEvent) => event.name === `${name}`;
          assertEquals(sizesOf(told.filter(isMeant)), sizesOf(events.filter(isMeant)), "one order");
        }
        assertEquals(sizesOf(told).sort((a, b) => a - b), expected);
      });
    },
  );

  Deno.test({ name: `${name} keeps events of one call all at once`, ...options }, async () => {
    await inTurn(async (followed) => {
      const { journal, catalogue } = followed;
      await journal.append(publish("hans", "a"));
      const both = ["b", "c"].map((name) => publish("hans", name, 1));
      await journal.append(withdraw("hans", "a"), ...both);
      assertEquals(followed.lines, ["hans b 1 -", "hans c 1 -"]);
      assertEquals(catalogue.has("hans", "a"), false);
    }, ({ lines }) => Promise.resolve(assertEquals(lines, ["hans b 1 -", "hans c 1 -"])));
  });

  Deno.test({ name: `${name} keeps many events that are told at once`, ...options }, async () => {
    const names = Array.from({ length: 5_000 }, (_, i) => `${i}`);
    const all = names.map((name) => `hans ${name} 1 -`).sort();
    await inTurn(
      async (followed) => {
        const { journal } = followed;
        await Promise.all(names.map((name) => journal.append(publish("hans", name, 1))));
        assertEquals(followed.lines, all);
      },
      ({ lines }) => Promise.resolve(assertEquals(lines, all)),
    );
  });

  Deno.test(
    { name: `${name} makes the catalogue that a plain one would be`, ...options },
    async () => {
      const lives = fc.array(fc.array(anyEvents(), { maxLength: 30 }), {
        minLength: 2,
        maxLength: 3,
      });
      await fc.assert(
        fc.asyncProperty(lives, async (lives) => {
          const before: CatalogueEvent[] = [];
          await inTurn(
            ...lives.map((events) => async (followed: { journal: Journal; lines: string[] }) => {
              assertEquals(followed.lines, naiveLinesOf(before));
              before.push(...events);
              await Promise.all(events.map((event) => followed.journal.append(event)));
              assertEquals(followed.lines, naiveLinesOf(before));
            }),
          );
        }),
        { numRuns: name === "MemoryJournal" ? 30 : 4 },
      );
    },
  );

  Deno.test(
    { name: `${name} has one id for its life, if it keeps anything`, ...options },
    async () => {
      const ids: (string | undefined)[] = [];
      const note = ({ journal }: { journal: Journal }) => {
        return Promise.resolve(void ids.push(journal.catalogueId));
      };
      await inTurn(note, note);
      await inTurn(note);
      const [first, again, other] = ids;
      assertEquals(first, again);
      if (name === "MemoryJournal") return;
      assertEquals(isCatalogueId(first!), true);
      assertNotEquals(first, other);
    },
  );
}

function sizesOf(events: readonly CatalogueEvent[]): number[] {
  return events.map((event) => event.kind === "publish" ? event.details!.size : -1);
}
