import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  Catalogue,
  type CatalogueEvent,
  type Publication,
} from "../../../lib/index/catalogue/catalogue.ts";
import { Compaction, countWorthMerging } from "../../../lib/index/catalogue/compaction.ts";
import { Overlay } from "../../../lib/index/catalogue/overlay.ts";
import type { Part } from "../../../lib/index/catalogue/part.ts";
import { UserTable } from "../../../lib/index/catalogue/user_table.ts";
import { parseSearch } from "../../../lib/protocol/search_query.ts";
import { NaiveCatalogue } from "../../support/naive_catalogue.ts";

const NAMES = [
  "a",
  "ab.txt",
  "abc.PDF",
  "ABC.pdf",
  "b",
  "Öl/größe.pdf",
  "οδός",
  "ﬁ",
  "🎬 x.mkv",
  "é",
];
const USERS = ["hans", "vader", "yoda"];
const QUERIES = ["a", "ab", "abc", "abc case:any", "b a", "ext:pdf", "x user:hans", ". larger:1B"];
const IDS = ["0000".repeat(16), "0000".repeat(15) + "ffff", "ab".repeat(32)];

const event: fc.Arbitrary<CatalogueEvent> = fc.record({
  kind: fc.constantFrom("publish", "publish", "withdraw"),
  user: fc.constantFrom(...USERS),
  name: fc.constantFrom(...NAMES, ...Array.from({ length: 20 }, (_, i) => `file ${i}.mkv`)),
  details: fc.option(
    fc.record({ size: fc.nat(3), id: fc.constantFrom(...IDS) }, { requiredKeys: ["size"] }),
    { nil: undefined },
  ),
});

function plain(publications: Iterable<Publication>): unknown[] {
  return Array.from(publications, ({ user, name, details }) => ({ user, name, details }));
}

/** Who has what, whatever they call it. */
function contents(publications: Iterable<Publication>): string[] {
  const all = Array.from(publications, ({ user, details }) => JSON.stringify([user, details]));
  return [...new Set(all)].sort();
}

function assertSame(catalogue: Catalogue, naive: NaiveCatalogue): void {
  for (const user of USERS) {
    assertEquals(plain(catalogue.namesOf(user)), plain(naive.namesOf(user)));
    assertEquals(
      plain(catalogue.namesOf(user, "b")),
      plain(naive.namesOf(user).filter(({ name }) => name > "b")),
    );
  }
  for (const name of NAMES) {
    assertEquals(plain(catalogue.publishersOf(name)), plain(naive.publishersOf(name)));
  }
  for (const prefix of ["0000", "00000", IDS[1]!, "abab"]) {
    const query = { id: prefix, size: 1 };
    assertEquals(contents(catalogue.holdersOf(query)), contents(naive.holdersOf(query)));
  }
  for (const text of QUERIES) {
    const query = parseSearch(text);
    const found = Array.from(catalogue.search(query), (publishers) => plain(publishers));
    assertEquals(found.filter((it) => it.length > 0), naive.search(query).map(plain));
  }
}

function tell(naive: NaiveCatalogue, event: CatalogueEvent): void {
  if (event.kind === "publish") naive.publish({ details: undefined, ...event });
  else naive.withdraw(event.user, event.name);
}

Deno.test({
  name: "any events make a catalogue of any limit what they make a naive one, at any moment",
  permissions: "none",
}, () => {
  const limit = fc.integer({ min: 1, max: 12 });
  const events = fc.array(event, { maxLength: 120, size: "max" });
  fc.assert(
    fc.property(limit, events, fc.nat(120), (limit, events, checked) => {
      const catalogue = new Catalogue(limit);
      const naive = new NaiveCatalogue();
      for (const [i, event] of events.entries()) {
        catalogue.apply(event);
        tell(naive, event);
        if (i === checked) assertSame(catalogue, naive);
      }
      assertSame(catalogue, naive);
    }),
    { numRuns: 150 },
  );
});

Deno.test({
  name: "events in the order of their names make the same catalogue as in any other",
  permissions: "none",
}, () => {
  const events = fc.uniqueArray(event, {
    maxLength: 60,
    selector: ({ user, name }) => `${user} ${name}`,
  });
  fc.assert(fc.property(events, fc.integer({ min: 1, max: 40 }), (events, limit) => {
    const [catalogue, naive] = [new Catalogue(limit), new NaiveCatalogue()];
    for (const event of events.toSorted((a, b) => a.name < b.name ? -1 : 1)) catalogue.apply(event);
    catalogue.settle();
    for (const event of events) tell(naive, event);
    for (const user of USERS) {
      assertEquals(plain(catalogue.namesOf(user)), plain(naive.namesOf(user)));
    }
    for (const name of NAMES) {
      assertEquals(plain(catalogue.publishersOf(name)), plain(naive.publishersOf(name)));
    }
  }));
});

Deno.test({
  name: "Compaction takes in pieces what is worth it, and repeats what was removed meanwhile",
  permissions: "none",
}, () => {
  const users = new UserTable();
  const [hans, vader] = [users.findOrAdd("hans"), users.findOrAdd("vader")];
  const parts = [0, 1].map(() => new Overlay(users));
  for (let i = 0; i < 1_000; i++) {
    parts[0]!.add(hans, `${i}`, undefined);
    parts[1]!.add(vader, `${i}`, { size: i });
  }
  const compaction = new Compaction(parts, users, 10);
  let steps = 1;
  let merged: Part | undefined;
  for (; !merged; steps++) {
    merged = compaction.step();
    if (steps !== 3) continue;
    parts[0]!.remove(hans, "7");
    compaction.noteRemoval(parts[0]!, hans, "7");
  }
  assert(steps > 5 && steps < 20, `${steps} steps`);
  assertEquals([...merged.publishersOf("7")].map(({ user }) => user), ["vader"]);
  assertEquals([...merged.publishersOf("8")].map(({ user }) => user), ["hans", "vader"]);
  assertEquals([...merged.namesOf(vader, "998")].map(({ details }) => details?.size), [999]);
});

Deno.test({ name: "a part joins those that are not much smaller", permissions: "none" }, () => {
  const count = (...sizes: number[]) => countWorthMerging(sizes.map((size) => ({ size }) as Part));
  assertEquals(count(10), 1);
  assertEquals(count(50, 10), 1);
  assertEquals(count(40, 10), 2);
  assertEquals(count(1_001, 200, 40, 10), 3);
  assertEquals(count(900, 200, 40, 10), 4);
});
