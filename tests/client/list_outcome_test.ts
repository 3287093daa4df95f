import { assertEquals } from "@std/assert";
import { listOutcome } from "../../lib/client/list_outcome.ts";
import type { List } from "../../lib/peer/session/index_session.ts";
import { COUNTED_ROWS } from "../../lib/protocol/limits.ts";

const PURE = { permissions: "none" } as const;

function found(count: number, rest: Partial<List> = {}): List {
  const items = Array.from({ length: count }, (_, i) => `${i}.txt`);
  return { kind: "list", of: "files found", items, more: 0, ...rest };
}

/** The first and the last line of what is shown, and the count of the fields. */
function shown(list: List, most?: number) {
  const { lines, fields } = listOutcome(list, { most });
  const { more, lower_bound } = fields;
  return [lines[0], lines.at(-1), more, lower_bound];
}

Deno.test({ name: "a list that is known to its end is counted", ...PURE }, () => {
  assertEquals(shown(found(0)), ["No files found", "No files found", 0, undefined]);
  assertEquals(shown(found(1)), ["1 file found:", "0.txt", 0, undefined]);
  assertEquals(shown(found(1_009), 1_000), ["1009 files found:", "1008.txt", 0, undefined]);
  const cut = found(2, { more: COUNTED_ROWS - 1 });
  assertEquals(shown(cut), ["301 files found:", "… and 299 more", 299, undefined]);
});

Deno.test({ name: "a search that stopped says that there are so many or more", ...PURE }, () => {
  const list = found(1_009, { more: 100 });
  const { lines, fields } = listOutcome(list, { most: 1_000 });
  assertEquals([lines[0], lines.at(-1)], ["1,000+ files found:", "… and more"]);
  assertEquals(lines.slice(1, -1), list.items.slice(0, 1_000));
  const { items, ...rest } = fields;
  assertEquals([items, rest], [lines.slice(1, -1), { more: 109, lower_bound: true }]);
});

Deno.test({ name: "where there may or may not be more, that is not counted", ...PURE }, () => {
  const list = found(1_009, { more: 1, cursor: "1008.txt" });
  assertEquals(shown(list, 1_000), ["1,000+ files found:", "… and more", 9, true]);
});

Deno.test({ name: "an index that stops counting is known by its number", ...PURE }, () => {
  const list = found(20, { of: "active peers", more: 310 });
  assertEquals(shown(list), ["330+ active peers:", "… and 310+ more", 310, true]);
});

Deno.test({ name: "details go with the items that are shown", ...PURE }, () => {
  const details = Array.from({ length: 4 }, (_, size) => ({ size }));
  const { fields } = listOutcome(found(4, { more: 100, details }), { most: 3 });
  assertEquals(fields.details, details.slice(0, 3));
});

Deno.test({ name: "a limit shows so many, and counts the others", ...PURE }, () => {
  const cut = listOutcome(found(5), { limit: 2 });
  assertEquals(cut.lines, ["5 files found:", "0.txt", "1.txt", "… and 3 more"]);
  assertEquals(cut.fields, { items: ["0.txt", "1.txt"], more: 3 });
  // What was cut here is counted, however much it is.
  assertEquals(listOutcome(found(500), { limit: 1 }).lines.at(-1), "… and 499 more");
  assertEquals(listOutcome(found(2), { limit: 2 }).lines.length, 3);
});
