import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { END } from "../../../lib/index/catalogue/ascending.ts";
import { type PlaceLists, PlaceListsBuilder } from "../../../lib/index/catalogue/place_lists.ts";
import { finish } from "../../../lib/index/catalogue/slices.ts";

const PURE = { permissions: "none" } as const;
const LISTS = 4;

/** For each place the lists that have it, some of them named twice. */
type Named = readonly (readonly [place: number, lists: readonly number[]])[];

function build(named: Named): PlaceLists {
  const builder = new PlaceListsBuilder(LISTS);
  for (const [place, lists] of named) builder.count(Uint32Array.from(lists), lists.length, place);
  finish(builder.endCounting());
  for (const [place, lists] of named) builder.add(Uint32Array.from(lists), lists.length, place);
  return builder.build();
}

function placesOf(named: Named, list: number): number[] {
  return named.filter(([, lists]) => lists.includes(list)).map(([place]) => place);
}

/** Places close together and far apart, and those on both sides of where a run ends. */
const PLACES = fc.oneof(
  fc.nat(100),
  fc.nat(400_000),
  fc.constantFrom(65_535, 65_536, 131_071, 131_072, 0xffff_fffe),
);
const NAMED = fc.uniqueArray(
  fc.tuple(PLACES, fc.array(fc.nat(LISTS - 1), { maxLength: 6 })),
  { selector: ([place]) => place, maxLength: 60 },
).map((named) => named.toSorted(([a], [b]) => a - b));

Deno.test({ name: "lists of places are what was put in, each place once", ...PURE }, () => {
  fc.assert(fc.property(NAMED, (named) => {
    const lists = build(named);
    const each = Array.from({ length: LISTS }, (_, list) => placesOf(named, list));
    for (const [list, places] of each.entries()) {
      assertEquals(lists.count(list, list), places.length);
      assertEquals([...lists.placesIn(list, list)], places);
    }
    assertEquals([...lists.placesIn(1, 3)], each.slice(1, 4).flat());
    assertEquals(lists.count(1, 3), each.slice(1, 4).flat().length);
  }));
});

Deno.test({ name: "a list of places is sought in rising order", ...PURE }, () => {
  fc.assert(fc.property(NAMED, fc.array(PLACES, { maxLength: 20 }), (named, sought) => {
    const list = build(named).of(0);
    const places = placesOf(named, 0);
    for (const from of sought.sort((a, b) => a - b)) {
      assertEquals(list.seek(from), places.find((place) => place >= from) ?? END, `from ${from}`);
    }
  }));
});
