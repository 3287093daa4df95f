import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  HISTORY_LINES,
  HistorySearch,
  HistoryWalk,
  LineHistory,
} from "../../lib/cli/line_history.ts";

const PURE = { permissions: "none" } as const;
const line = fc.string({ unit: fc.constantFrom("a", "b", " "), minLength: 1, maxLength: 4 });

Deno.test(
  { name: "a history keeps the newest of each line, and no more than its most", ...PURE },
  () => {
    fc.assert(fc.property(fc.array(line), fc.array(line), (before, added) => {
      const history = new LineHistory(before);
      for (const it of added) history.add(it);
      const all = [...before, ...added];
      const newest = all.filter((it, i) => all.lastIndexOf(it) === i);
      assertEquals(history.lines, newest);
    }));
    const long = new LineHistory(Array.from({ length: HISTORY_LINES + 5 }, (_, i) => `${i}`));
    assertEquals([long.lines.length, long.lines[0]], [HISTORY_LINES, "5"]);
  },
);

Deno.test(
  { name: "Up and Down go through what begins like the line, and back to it", ...PURE },
  () => {
    fc.assert(fc.property(fc.array(line), line, fc.nat(20), (lines, typed, count) => {
      const walk = new HistoryWalk(lines, typed);
      for (let i = 0; i < count; i++) assert(walk.older().startsWith(typed));
      for (let i = 1; i < count; i++) walk.newer();
      assertEquals(count === 0 ? typed : walk.newer(), typed);
    }));
  },
);

Deno.test({ name: "Ctrl-R goes from the newest match to ever older ones", ...PURE }, () => {
  fc.assert(fc.property(fc.array(line), line, (lines, query) => {
    const search = new HistorySearch(lines);
    for (const character of query) search.type(character);
    const matches = lines.filter((it) => it.includes(query)).toReversed();
    if (matches.length === 0) return assert(search.hasFailed);
    // A query that grows stays where it is as long as that matches: no match is passed over.
    assert(matches.includes(search.match!) && !search.hasFailed);
    const rest = [search.match];
    for (const _ of lines) {
      search.next();
      rest.push(search.match);
    }
    assertEquals(rest.at(-1), matches.at(-1), "the oldest one is the last");
    search.erase(query.length);
    assertEquals([search.query, search.match], ["", undefined]);
  }));
});
