import { assertEquals } from "@std/assert";
import { fitLine, Progress } from "../../lib/client/progress.ts";
import { formatBytes } from "../../lib/protocol/format_bytes.ts";
import { waitFor } from "../support/wait_for.ts";

/** A status line, and what it has shown; nothing is what it shows at the end. */
function lineOf(columns = 80) {
  const drawn: string[] = [];
  const line = {
    columns,
    show: (text: string) => void drawn.push(text),
    clear: () => {},
    [Symbol.dispose]: () => void drawn.push(""),
  };
  return { line, drawn };
}

Deno.test({ name: "Progress draws nothing in the first 500 ms", permissions: "none" }, () => {
  const { line, drawn } = lineOf();
  using progress = new Progress("get a.txt", line, 1_000);
  for (let now = 1_000; now < 1_500; now++) progress.update(now, now);
  assertEquals(drawn, []);
});

Deno.test({
  name: "Progress leaves no trace of a download that was done sooner",
  permissions: "none",
}, () => {
  const { line, drawn } = lineOf();
  {
    using progress = new Progress("get a.txt", line, 0);
    progress.update(1_000, 499);
  }
  assertEquals(drawn, [""]);
});

Deno.test({
  name: "Progress draws the label, the bytes and their rate in place",
  permissions: "none",
}, () => {
  const { line, drawn } = lineOf();
  using progress = new Progress("get a.txt", line, 0);
  progress.update(1_000_000, 500);
  assertEquals(drawn, ["get a.txt  1.0 MB  2.0 MB/s"]);
});

Deno.test({ name: "Progress is wiped at the end", permissions: "none" }, () => {
  const { line, drawn } = lineOf();
  {
    using progress = new Progress("get a.txt", line, 0);
    progress.update(1_000_000, 500);
  }
  assertEquals(drawn.length, 2);
  assertEquals(drawn.at(-1), "");
});

Deno.test({ name: "Progress redraws at most every 100 ms", permissions: "none" }, () => {
  const { line, drawn } = lineOf();
  using progress = new Progress("get a.txt", line, 0);
  for (let now = 0; now <= 1_000; now++) progress.update(now * 1_000, now);
  assertEquals(drawn.length, 6);
  assertEquals(drawn.at(-1), "get a.txt  1.0 MB  1.0 MB/s");
});

Deno.test({
  name: "what comes too soon after a redrawing is drawn a little later",
  permissions: "none",
}, async () => {
  const { line, drawn } = lineOf();
  using progress = new Progress("get a.txt", line, 0);
  progress.flow(1_000);
  for (let i = 1; i <= 4; i++) progress.update(i * 1_000_000, 1_000 + i, 10_000_000);
  assertEquals(drawn, ["get a.txt"]);
  await waitFor("the last of it", () => drawn.length > 1);
  assertEquals(drawn[1], "get a.txt  4.0 MB of 10.0 MB 40 %  3.6 MB/s  2 s left");
});

Deno.test({ name: "Progress smooths the rate", permissions: "none" }, () => {
  const { line, drawn } = lineOf();
  using progress = new Progress("get a.txt", line, 0);
  progress.update(1_000_000, 500);
  progress.update(2_000_000, 1_000);
  progress.update(12_000_000, 1_500);
  progress.update(12_000_000, 2_000);
  const rates = drawn.map((text) => text.match(/[\d.]+ MB\/s/)?.[0]);
  assertEquals(rates, ["2.0 MB/s", "2.0 MB/s", "7.4 MB/s", "5.2 MB/s"]);
});

Deno.test({ name: "Progress goes by the width of the moment", permissions: "none" }, () => {
  const { line, drawn } = lineOf(80);
  using progress = new Progress("get holiday-pictures.zip", line, 0);
  progress.update(1_000_000, 500, 4_000_000);
  line.columns = 40;
  progress.update(2_000_000, 1_000, 4_000_000);
  line.columns = 20;
  progress.update(3_000_000, 1_500, 4_000_000);
  assertEquals(drawn, [
    "get holiday-pictures.zip  1.0 MB of 4.0 MB 25 %  2.0 MB/s  2 s left",
    "get holiday-pictures.z…  50 %  2.0 MB/s",
    "get holiday-…  75 %",
  ]);
});

Deno.test({
  name: "a place in a queue is shown while nothing moves, and at most every 100 ms",
  permissions: "none",
}, () => {
  const { line, drawn } = lineOf();
  using progress = new Progress("get a", line, 0);
  for (let now = 500; now < 600; now++) progress.queue("hans", 7, now);
  assertEquals(drawn, ["get a  place 7 in the queue of hans"]);
  progress.flow(600);
  progress.update(1_000_000, 610);
  progress.queue("hans", 7, 1_600);
  assertEquals(drawn.slice(1), ["get a"]);
  progress.queue("hans", 7, 1_610);
  assertEquals(drawn.at(-1), "get a  place 7 in the queue of hans");
  progress.update(2_000_000, 1_611);
  assertEquals(drawn.at(-1), "get a  2.0 MB  1.2 MB/s");
});

const LINES: readonly (readonly [label: string, columns: number, line: string])[] = [
  ["get a.txt", 60, "get a.txt  long detail of it"],
  ["get a.txt", 30, "get a.txt  long detail of it"],
  ["get a.txt", 28, "get a.txt  short"],
  ["get a-name-of-20-letters", 40, "get a-name-of-20-le…  long detail of it"],
  ["get a-name-of-20-letters", 20, "get a-name-…  short"],
  ["get a-name-of-20-letters", 12, "get…  short"],
  ["get a-name-of-20-letters", 6, "  sh…"],
  ["get a-name-of-20-letters", 1, ""],
  ["get 映画の名前", 20, "get 映画の…  short"],
  ["get 映画の名前", 21, "get 映画の名…  short"],
  ["get 映画の名前", 23, "get 映画の名前  short"],
  ["get 🎬🎉🚀🎬🎉", 20, "get 🎬🎉🚀…  short"],
  ["get e\u0301e\u0301e\u0301", 40, "get e\u0301e\u0301e\u0301  long detail of it"],
];

for (const [label, columns, line] of LINES) {
  Deno.test({ name: `"${label}" fits ${columns} columns`, permissions: "none" }, () => {
    assertEquals(fitLine(label, ["long detail of it", "short"], columns), line);
  });
}

const SIZES: readonly (readonly [bytes: number, text: string])[] = [
  [0, "0 B"],
  [0.4, "0 B"],
  [1, "1 B"],
  [999, "999 B"],
  [1_000, "1.0 kB"],
  [1_024, "1.0 kB"],
  [1_550, "1.6 kB"],
  [999_900, "999.9 kB"],
  [999_950, "1.0 MB"],
  [999.6, "1.0 kB"],
  [1_000_000, "1.0 MB"],
  [420_000_000, "420.0 MB"],
  [1_000_000_000, "1.0 GB"],
  [4_700_000_000, "4.7 GB"],
  [1_000_000_000_000, "1.0 TB"],
  [1_234_000_000_000_000, "1234.0 TB"],
];

for (const [bytes, text] of SIZES) {
  Deno.test({ name: `formatBytes() writes ${bytes} as ${text}`, permissions: "none" }, () => {
    assertEquals(formatBytes(bytes), text);
  });
}
