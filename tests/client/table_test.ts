import { assertEquals } from "@std/assert";
import { formatSeconds } from "../../lib/client/share_words.ts";
import { tableOf } from "../../lib/client/table.ts";

const PURE = { permissions: "none" } as const;

Deno.test({ name: "columns are as wide as their widest text on a terminal", ...PURE }, () => {
  const rows = [["a", undefined], ["日本", "x"], ["b\x1b", ""]];
  assertEquals(tableOf(["NAME", "FOLDER"], rows), [
    "NAME     FOLDER",
    "a        -",
    "日本     x",
    "b\\u{1b}",
  ]);
});

Deno.test({ name: "times are told in their largest unit", ...PURE }, () => {
  const told = [0, 59, 60, 3_599, 3_600, 86_399, 86_400, 864_000].map(formatSeconds);
  assertEquals(told, ["0 s", "59 s", "1 min", "59 min", "1 h", "23 h", "1 d", "10 d"]);
});
