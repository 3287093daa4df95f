import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { RecentMap } from "../../lib/collections/recent_map.ts";

const PURE = { permissions: "none" } as const;

Deno.test({ name: "RecentMap forgets what was set longest ago when it is full", ...PURE }, () => {
  const map = new RecentMap<string, number>(2);
  map.set("a", 1);
  map.set("b", 2);
  map.set("a", 3);
  map.set("c", 4);
  assertEquals([map.get("a"), map.get("b"), map.get("c")], [3, undefined, 4]);
  assertEquals([map.has("a"), map.has("b"), map.size], [true, false, 2]);
});

Deno.test({ name: "RecentMap.takeOldest() stops at the first that is not old", ...PURE }, () => {
  const map = new RecentMap<string, number>();
  for (const [i, at] of [1, 2, 9, 3].entries()) map.set(`${i}`, at);
  assertEquals(map.takeOldest((at) => at < 5), [1, 2]);
  assertEquals([map.size, map.has("0"), map.get("2"), map.get("3")], [2, false, 9, 3]);
  assertEquals(map.takeOldest((at) => at < 5), []);
});

const keys = fc.nat(7);
const steps = fc.array(fc.oneof(
  { weight: 6, arbitrary: fc.record({ set: keys, value: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ delete: keys }) },
  { weight: 1, arbitrary: fc.record({ olderThan: fc.nat(9) }) },
));

Deno.test({ name: "RecentMap does what a list of entries does", ...PURE }, () => {
  fc.assert(fc.property(steps, fc.integer({ min: 1, max: 5 }), (steps, most) => {
    const map = new RecentMap<number, number>(most);
    let entries: [key: number, value: number][] = [];
    for (const step of steps) {
      if ("set" in step) {
        map.set(step.set, step.value);
        entries = entries.filter(([key]) => key !== step.set);
        entries = [...entries, [step.set, step.value] as [number, number]].slice(-most);
      } else if ("delete" in step) {
        map.delete(step.delete);
        entries = entries.filter(([key]) => key !== step.delete);
      } else {
        const isOld = (value: number) => value < step.olderThan;
        const end = entries.findIndex(([, value]) => !isOld(value));
        const old = entries.splice(0, end < 0 ? entries.length : end);
        assertEquals(map.takeOldest(isOld), old.map(([, value]) => value));
      }
      assertEquals(map.size, entries.length);
      const found = Array.from({ length: 8 }, (_, key) => map.get(key));
      const expected = new Map(entries);
      assertEquals(found, Array.from({ length: 8 }, (_, key) => expected.get(key)));
    }
  }));
});
