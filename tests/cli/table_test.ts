import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { cutInMiddle, displayWidth } from "../../lib/cli/display_width.ts";
import { formatSeconds } from "../../lib/client/share_words.ts";
import { type Column, columnsOf, fitTable, wholeTable } from "../../lib/cli/table.ts";
import { isPrintable } from "../../lib/protocol/escape.ts";

const PURE = { permissions: "none" } as const;

/** Wide, combining, joined and hostile characters among others. */
const texts = fc.string({
  unit: fc.constantFrom(..."abc /映画あ", "🎬", "❤️", "e\u0301", "\u0301", "\x1b", "\u202e", "\n"),
  maxLength: 20,
});

const tables: fc.Arbitrary<Column[]> = fc.nat(5).chain((rows) => {
  const cells = fc.array(fc.option(texts, { nil: undefined }), {
    minLength: rows,
    maxLength: rows,
  });
  const names = fc.array(texts, { minLength: rows, maxLength: rows });
  const other = fc.record({ cells, isNumber: fc.boolean(), rank: fc.integer({ min: 1, max: 3 }) });
  return fc.tuple(names, fc.array(other, { maxLength: 4 })).map(([names, others]) => [
    { head: "NAME", cells: names, least: 6 },
    ...others.map((it, i) => ({ ...it, head: `C${i}` })),
  ]);
});

Deno.test({ name: "columns are as wide as their widest text on a terminal", ...PURE }, () => {
  const rows = [["a", undefined], ["日本", "x"], ["b\x1b", ""]];
  assertEquals(wholeTable(columnsOf(["NAME", "FOLDER"], rows)), [
    "NAME     FOLDER",
    "a        -",
    "日本     x",
    "b\\u{1b}",
  ]);
});

Deno.test(
  { name: "a table fits every width, a line for each row, and obeys nobody", ...PURE },
  () => {
    fc.assert(fc.property(tables, fc.integer({ min: 6, max: 100 }), (columns, width) => {
      const lines = fitTable(columns, width);
      assertEquals(lines.length, 1 + columns[0]!.cells.length);
      for (const line of lines) assert(displayWidth(line) <= width, `"${line}" in ${width}`);
      assert(lines.every(isPrintable));
    }));
  },
);

Deno.test({ name: "what has room is neither cut nor left out", ...PURE }, () => {
  fc.assert(fc.property(tables, (columns) => {
    const known = columns.filter(({ cells, rank = 0 }) =>
      rank === 0 || cells.some((cell) => cell !== undefined)
    );
    assertEquals(fitTable(columns, Infinity), wholeTable(known));
  }));
});

Deno.test({ name: "a table that is to be whole and has no room tells row by row", ...PURE }, () => {
  const columns = columnsOf(["NAME", "SIZE", "ID"], [["a", "1 B", "0".repeat(30)], [
    "b",
    undefined,
    "1",
  ]]);
  assertEquals(wholeTable(columns, 20), [
    "a",
    "  size: 1 B",
    `  id: ${"0".repeat(30)}`,
    "b",
    "  id: 1",
  ]);
  assertEquals(wholeTable(columns, 80).length, 3);
});

Deno.test({ name: "a cut text keeps its beginning and its end", ...PURE }, () => {
  assertEquals(cutInMiddle("measurements.csv", 10), "measur….csv".slice(0, 6) + "…csv");
  assertEquals(cutInMiddle("short", 5), "short");
  fc.assert(fc.property(texts, fc.nat(30), (text, columns) => {
    const cut = cutInMiddle(text, columns);
    assert(displayWidth(cut) <= columns);
    if (displayWidth(text) <= columns) assertEquals(cut, text);
  }));
});

Deno.test({ name: "times are told in their largest unit", ...PURE }, () => {
  const told = [0, 59, 60, 3_599, 3_600, 86_399, 86_400, 864_000].map(formatSeconds);
  assertEquals(told, ["0 s", "59 s", "1 min", "59 min", "1 h", "23 h", "1 d", "10 d"]);
});
