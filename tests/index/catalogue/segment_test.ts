import { assert, assertEquals } from "@std/assert";
import { END, EVERY, Intersection, Range, Union } from "../../../lib/index/catalogue/ascending.ts";
import type { Publication } from "../../../lib/index/catalogue/publication.ts";
import { Rows } from "../../../lib/index/catalogue/rows.ts";
import { Segment } from "../../../lib/index/catalogue/segment.ts";
import { finish } from "../../../lib/index/catalogue/slices.ts";
import { Terms } from "../../../lib/index/catalogue/terms.ts";
import { type Owner, PublisherTable } from "../../../lib/index/catalogue/publisher_table.ts";
import { ALL } from "../../../lib/index/catalogue/window.ts";
import { parseSearch } from "../../../lib/protocol/search_query.ts";
import { PLAIN_SHARE } from "../../../lib/protocol/share.ts";

const IDS = ["ab".repeat(32), "abab" + "00".repeat(30)];
const NAMES = Array.from({ length: 300 }, (_, i) => `name ${String(i).padStart(3, "0")}.Txt`);

function segmentOf(
  names: readonly string[],
  few: number,
): { segment: Segment; users: PublisherTable } {
  const users = new PublisherTable();
  const rows = new Rows(users);
  for (const [i, name] of names.entries()) {
    for (const user of ["hans", "vader"].slice(i % 2)) {
      const id = IDS[i % 3];
      const details = { size: i * 2 ** 33, ...id === undefined ? {} : { id } };
      rows.add(users.findOrAdd(user, PLAIN_SHARE), name, i % 5 === 0 ? undefined : details);
    }
  }
  return { segment: finish(Segment.of(rows, few)), users };
}

function candidates(segment: Segment, text: string, user?: Owner): number[] {
  const sequence = segment.candidates(new Terms(parseSearch(text), user), { left: 1e6 });
  const places: number[] = [];
  for (let at = sequence.seek(0); at < segment.length; at = sequence.seek(at + 1)) places.push(at);
  return places;
}

Deno.test({ name: "a segment gives back what was put in", permissions: "none" }, () => {
  const { segment, users } = segmentOf(NAMES, 10);
  const vader = users.find("vader", PLAIN_SHARE)!;
  assertEquals([segment.length, segment.size], [300, 450]);
  assertEquals(segment.find(0, NAMES[299]!), undefined);
  assertEquals(segment.find(vader, NAMES[299]!)?.details, { size: 299 * 2 ** 33 });
  assertEquals(segment.find(vader, NAMES[5]!)?.details, undefined);
  assertEquals([...segment.namesOf(vader, NAMES[297]!)].map(({ name }) => name), NAMES.slice(298));
  const holders: Publication[] = [];
  segment.holdersOf({ id: "abab0" }, { ...ALL }, holders);
  segment.holdersOf({ id: "ababa", size: 3 * 2 ** 33 }, { ...ALL }, holders);
  assertEquals(holders.map(({ user, details }) => [user, details!.size / 2 ** 33]), [
    ["hans", 4],
    ["hans", 16],
    ["vader", 1],
    ["vader", 4],
    ["vader", 3],
  ]);
  segment.remove(vader, NAMES[298]!);
  assertEquals([...segment.publishersOf(NAMES[298]!)].map(({ user }) => user), ["hans"]);
  assertEquals([...segment.namesOf(vader, NAMES[297]!)].map(({ name }) => name), [NAMES[299]!]);
});

Deno.test({ name: "a segment finds few names that may match", permissions: "none" }, () => {
  const { segment, users } = segmentOf(NAMES, 10);
  assertEquals(candidates(segment, "123"), [123]);
  assertEquals(candidates(segment, "zzz"), []);
  assertEquals(candidates(segment, "NAME ext:txt").length, 300);
  assertEquals(candidates(segment, "ext:pdf"), []);
  assertEquals(candidates(segment, "ext:pdf,txt").length, 300);
  assertEquals(candidates(segment, "29").length, 13); // 029, 129, 229 and 290 to 299.
  assertEquals(
    candidates(segment, "29", users.owner("hans")).every((at) => at % 2 === 0),
    true,
  );
  assertEquals(candidates(segmentOf(NAMES, 300).segment, "123").length, 300);
});

Deno.test({
  name: "sequences are joined and intersected in rising order, within a budget",
  permissions: "none",
}, () => {
  const budget = { left: 1e6 };
  const threes = () => new Range(Uint32Array.from({ length: 100 }, (_, i) => 3 * i));
  const fives = () => new Range(Uint32Array.from({ length: 100 }, (_, i) => 5 * i));
  const both = new Intersection([threes(), fives(), EVERY], budget);
  assertEquals([0, 1, 16, 40, 285, 286].map((from) => both.seek(from)), [0, 15, 30, 45, 285, END]);
  const any = new Union([threes(), fives()]);
  assertEquals([0, 1, 4, 300, 496].map((from) => any.seek(from)), [0, 3, 5, 300, END]);
  assert(new Intersection([threes(), fives()], { left: 2 }).seek(1) <= 15);
});
