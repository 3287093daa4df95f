import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Part } from "../../../lib/index/catalogue/part.ts";
import { Rows } from "../../../lib/index/catalogue/rows.ts";
import { Search } from "../../../lib/index/catalogue/search.ts";
import { Segment } from "../../../lib/index/catalogue/segment.ts";
import { finish } from "../../../lib/index/catalogue/slices.ts";
import { Terms } from "../../../lib/index/catalogue/terms.ts";
import { PublisherTable } from "../../../lib/index/catalogue/publisher_table.ts";
import { SEARCH_STEPS } from "../../../lib/protocol/limits.ts";
import { parseSearch, type SearchQuery } from "../../../lib/protocol/search_query.ts";
import { PLAIN_SHARE } from "../../../lib/protocol/share.ts";

const NAMES = 3_000;
/** What is done for a page after its last step: a name may be a thousand characters long. */
const LAST_NAME = 100;

/** A name of up to 960 characters that holds many different words. */
function nameOf(i: number): string {
  const folder = "ab Äb cd. ef".repeat(1 + i % 20);
  return `${Array(1 + i % 4).fill(folder).join("/")}/${String(i).padStart(5, "0")}.pdf`;
}

/** A segment in which `hog` and, of each tenth name, fifty others publish. */
function segmentOf(names: readonly string[], users: PublisherTable, few: number): Segment {
  const rows = new Rows(users);
  for (const [i, name] of [...names].sort().entries()) {
    for (let user = 0; user < (i % 10 === 0 ? 51 : 1); user++) {
      rows.add(users.findOrAdd(user === 0 ? "hog" : `other${user}`, PLAIN_SHARE), name, {
        size: 5,
      });
    }
  }
  return finish(Segment.of(rows, few));
}

/** `part`, and how much is asked of it: in steps that take about the same time each. */
function counted(part: Segment): { part: Part; steps: () => number } {
  let steps = 0;
  const costs: Record<string, (place: number) => number> = {
    nameAt: () => 0.2,
    foldedAt: (place) => 1 + part.nameAt(place).length / 16,
    isPublished: (place) => part.rowsAt(place) / 32,
    publicationBy: (_place) => 1,
  };
  const proxy = new Proxy(part, {
    get(target, key) {
      const value = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        steps += costs[String(key)]?.(args.at(-1) as number) ?? 0;
        return value.apply(target, args);
      };
    },
  });
  return { part: proxy, steps: () => steps };
}

const word = fc.constantFrom(
  "a",
  "ab",
  "ab cd",
  "äb",
  "cd. ef",
  "0",
  "00",
  "pdf",
  "zz",
  "ef/ab Äb",
);
const filter = fc.constantFrom("larger:1TB", "smaller:1TB", "case:any", "ext:pdf", "ext:a,b,c,f");
const texts = fc.tuple(
  fc.array(word, { maxLength: 8 }),
  fc.uniqueArray(filter, { selector: (it) => it.slice(0, 4) }),
  fc.constantFrom("", "user:hog", "user:other3"),
).map((parts) => parts.flat().join(" ").trim()).filter((text) => text !== "");

Deno.test({
  name: "a page of a search asks no more of a catalogue than its budget, whatever is searched for",
  permissions: "none",
}, () => {
  const users = new PublisherTable();
  const names = Array.from({ length: NAMES }, (_, i) => nameOf(i));
  const segments = [segmentOf(names, users, 10), segmentOf(names.slice(0, 900), users, 5_000)];
  fc.assert(fc.property(texts, fc.constantFrom("", "hog", "other3"), (text, except) => {
    let query: SearchQuery;
    try {
      query = parseSearch(text);
    } catch {
      return; // It has too many words.
    }
    const parts = segments.map(counted);
    const search = new Search(parts.map(({ part }) => part), users, query, { except });
    for (const publications of search) for (const _ of publications);
    const steps = parts.reduce((sum, { steps }) => sum + steps(), 0);
    assert(steps <= SEARCH_STEPS + LAST_NAME * parts.length, `${text}: ${steps} steps`);
  }));
});

Deno.test({
  name: "a search compares names with no word that is within another one, nor with one twice",
  permissions: "none",
}, () => {
  const folded = (text: string) => new Terms(parseSearch(text), undefined).folded;
  assertEquals(folded("a ab abc b x"), ["abc", "x"]);
  assertEquals(folded("Ab aB ab case:any"), ["ab"]);
  assertEquals(folded("a a a"), ["a"]);
  assertEquals(new Terms(parseSearch("ext:PDF,pdf,.Pdf"), undefined).ends, [".pdf"]);
});

Deno.test({
  name: "a search that stops has looked at no name of any part beyond that place",
  permissions: "none",
}, () => {
  const users = new PublisherTable();
  const names = Array.from({ length: 20_000 }, (_, i) => `ab ${String(i).padStart(5, "0")}`);
  const [even, odd] = [0, 1].map((rest) => names.filter((_, i) => i % 2 === rest));
  const parts = [segmentOf(even!, users, 5), segmentOf(odd!, users, 50_000)];
  const found: string[] = [];
  let searches = 0;
  for (let after: string | undefined = ""; after !== undefined; searches++) {
    const search: Search = new Search(parts, users, parseSearch("ab"), { after });
    for (const [first] of search) found.push(first!.name);
    after = search.stoppedAt;
    assert(after === undefined || after === found.at(-1), `${after} after ${found.at(-1)}`);
  }
  assertEquals(found, names);
  assert(searches > 3 && searches < 20, `${searches} searches`);
});
