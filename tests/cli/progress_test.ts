import { assertEquals } from "@std/assert";
import { Progress } from "../../lib/cli/progress.ts";
import { formatBytes } from "../../lib/protocol/format_bytes.ts";

const WIPE = "\r\x1b[K";

Deno.test({ name: "Progress draws nothing in the first 500 ms", permissions: "none" }, () => {
  const drawn: string[] = [];
  using progress = new Progress("get a.txt", (text) => drawn.push(text), 1_000);
  for (let now = 1_000; now < 1_500; now++) progress.update(now, now);
  assertEquals(drawn, []);
});

Deno.test({
  name: "Progress leaves no trace of a download that was done sooner",
  permissions: "none",
}, () => {
  const drawn: string[] = [];
  {
    using progress = new Progress("get a.txt", (text) => drawn.push(text), 0);
    progress.update(1_000, 499);
  }
  assertEquals(drawn, []);
});

Deno.test({
  name: "Progress draws the label, the bytes and their rate in place",
  permissions: "none",
}, () => {
  const drawn: string[] = [];
  using progress = new Progress("get a.txt", (text) => drawn.push(text), 0);
  progress.update(1_000_000, 500);
  assertEquals(drawn, [`${WIPE}get a.txt  1.0 MB  2.0 MB/s`]);
});

Deno.test({ name: "Progress is wiped at the end", permissions: "none" }, () => {
  const drawn: string[] = [];
  {
    using progress = new Progress("get a.txt", (text) => drawn.push(text), 0);
    progress.update(1_000_000, 500);
  }
  assertEquals(drawn.at(-1), WIPE);
  assertEquals(drawn.length, 2);
});

Deno.test({ name: "Progress redraws at most every 100 ms", permissions: "none" }, () => {
  const drawn: string[] = [];
  using progress = new Progress("get a.txt", (text) => drawn.push(text), 0);
  for (let now = 0; now <= 1_000; now++) progress.update(now * 1_000, now);
  assertEquals(drawn.length, 6);
  assertEquals(drawn.at(-1), `${WIPE}get a.txt  1.0 MB  1.0 MB/s`);
});

Deno.test({ name: "Progress smooths the rate", permissions: "none" }, () => {
  const drawn: string[] = [];
  using progress = new Progress("get a.txt", (text) => drawn.push(text), 0);
  progress.update(1_000_000, 500);
  progress.update(2_000_000, 1_000);
  progress.update(12_000_000, 1_500);
  progress.update(12_000_000, 2_000);
  const rates = drawn.map((text) => text.split("  ").at(-1));
  assertEquals(rates, ["2.0 MB/s", "2.0 MB/s", "7.4 MB/s", "5.2 MB/s"]);
});

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
