import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { listChoices } from "../../lib/cli/completion_list.ts";
import { displayWidth } from "../../lib/cli/display_width.ts";
import { isPrintable } from "../../lib/protocol/escape.ts";

const PURE = { permissions: "none" } as const;
const choice = fc.string({
  unit: fc.constantFrom(..."a 映🎬\x1b\n\u202e"),
  minLength: 1,
  maxLength: 30,
});

Deno.test({ name: "choices fit every width, and none breaks its row", ...PURE }, () => {
  const choices = fc.array(choice, { minLength: 1, maxLength: 130 });
  fc.assert(fc.property(choices, fc.integer({ min: 5, max: 200 }), (choices, columns) => {
    const rows = listChoices(choices, columns).split("\n");
    assertEquals(rows.pop(), "");
    for (const row of rows) assert(isPrintable(row) && displayWidth(row) < columns, row);
  }));
});

Deno.test({ name: "choices stand in columns, and too many are counted", ...PURE }, () => {
  assertEquals(listChoices(["get", "cat", "cancel", "映画"], 20), "get     cat\ncancel  映画\n");
  const many = Array.from({ length: 102 }, (_, i) => `file-${i}`);
  assert(listChoices(many, 80).endsWith("\n… and 2 more\n"));
});
