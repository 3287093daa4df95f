import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Catalogue, type CatalogueEvent } from "../../../lib/index/catalogue/catalogue.ts";
import { Compaction, countWorthMerging } from "../../../lib/index/catalogue/compaction.ts";
import { Overlay } from "../../../lib/index/catalogue/overlay.ts";
import type { Part } from "../../../lib/index/catalogue/part.ts";
import { PublisherTable } from "../../../lib/index/catalogue/publisher_table.ts";
import { ShareSums } from "../../../lib/protocol/digest.ts";
import { parseSearch } from "../../../lib/protocol/search_query.ts";
import { PLAIN_SHARE } from "../../../lib/protocol/share.ts";
import { NaiveCatalogue, type NaivePublication } from "../../support/naive_catalogue.ts";

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
const SHARES = [PLAIN_SHARE, "0123456789abcdef", "fedcba9876543210"];
const QUERIES = ["a", "ab", "abc", "abc case:any", "b a", "ext:pdf", "x user:hans", ". larger:1B"];
const IDS = ["0000".repeat(16), "0000".repeat(15) + "ffff", "ab".repeat(32)];

const what = {
  user: fc.constantFrom(...USERS),
  share: fc.constantFrom(...SHARES),
  name: fc.constantFrom(...NAMES, ...Array.from({ length: 20 }, (_, i) => `file ${i}.mkv`)),
};
const seldom = fc.constantFrom(undefined, undefined, undefined, true as const);
const details = fc.option(
  fc.record({ size: fc.nat(3), id: fc.constantFrom(...IDS) }, { requiredKeys: ["size"] }),
  { nil: undefined },
);
const publishing = fc.record({ kind: fc.constant("publish" as const), ...what, details });

const event: fc.Arbitrary<CatalogueEvent> = fc.oneof(
  {
    weight: 2,
    arbitrary: publishing.chain((it) => seldom.map((is) => ({ ...it, isAdopted: is }))),
  },
  fc.record({ kind: fc.constant("withdraw" as const), ...what, isEverywhere: seldom }),
);

function plain(publications: Iterable<NaivePublication>): unknown[] {
  return Array.from(publications, ({ user, share, name, details }) => {
    return { user, share, name, details };
  });
}

/** Who has what, whatever they call it. */
function contents(publications: Iterable<NaivePublication>): string[] {
  const all = Array.from(publications, ({ user, share, details }) => {
    return JSON.stringify([user, share, details]);
  });
  return [...new Set(all)].sort();
}

function assertSame(catalogue: Catalogue, naive: NaiveCatalogue): void {
  for (const user of USERS) {
    assertEquals(plain(catalogue.namesOf(user)), plain(naive.namesOf(user)));
    assertEquals(
      plain(catalogue.namesOf(user, "b")),
      plain(naive.namesOf(user).filter(({ name }) => name > "b")),
    );
    for (const share of SHARES) {
      const own = naive.namesOf(user).filter((it) => it.share === share);
      assertEquals(plain(catalogue.namesOf(user, "", share)), plain(own));
      assertEquals(catalogue.countIn(user, share), own.length);
      const sums = new ShareSums();
      for (const { name, details } of own) sums.change(name, details, 1);
      assertEquals(catalogue.sumsOf(user, share)!.digest(), sums.digest());
      const behind = naive.namesOf(user).filter((it) => it.name === "ab.txt" && it.share > share);
      assertEquals(plain(catalogue.othersOf(user, "ab.txt", share)), plain(behind));
    }
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
    // The shares of one user who is asked for come in no particular order.
    const inOrder = (them: unknown[]) => query.user === undefined ? them : them.sort(byText);
    const found = Array.from(catalogue.search(query), (publishers) => inOrder(plain(publishers)));
    const right = naive.search(query).map((publishers) => inOrder(plain(publishers)));
    assertEquals(found.filter((it) => it.length > 0), right);
  }
}

function byText(a: unknown, b: unknown): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

function tell(naive: NaiveCatalogue, event: CatalogueEvent): void {
  const { user, name, share } = event;
  if (event.kind === "publish") {
    if (event.isAdopted) naive.withdraw(user, name);
    naive.publish(event);
  } else if (event.isEverywhere) naive.withdrawEverywhere(user, name);
  else naive.withdraw(user, name, share);
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
  const events = fc.uniqueArray(publishing, {
    maxLength: 60,
    selector: ({ user, share, name }) => `${user} ${share} ${name}`,
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
  const users = new PublisherTable();
  const [hans, vader] = [users.findOrAdd("hans", SHARES[0]!), users.findOrAdd("vader", SHARES[1]!)];
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
