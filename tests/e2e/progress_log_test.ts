/**
 * Progress where nothing can be drawn over: a line now and then, and no control characters.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { MIB, publishBigFile } from "../support/big_file.ts";
import { jsonLines } from "../support/json_lines.ts";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { waitFor } from "../support/wait_for.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };
// deno-lint-ignore no-control-regex
const CONTROL = /[\x00-\x09\x0b-\x1f\x7f-\x9f]/;
const SIZE_MIB = 16;

/** A network in which hans serves `big`. */
async function withBigFile(sizeMib: number): Promise<Network> {
  const network = await Network.start();
  await publishBigFile(await network.join("hans"), sizeMib);
  return network;
}

Deno.test("a log tells the beginning, every 10 s and the end", AS_PROCESSES, async () => {
  await using network = await withBigFile(SIZE_MIB);
  const limit = ["--limit-down", "1300k"]; // It takes some 13 s.
  const { code, stdout, stderr } = await network.once("vader", "get", "big", ...limit);
  assertEquals([code, stdout], [0, "big downloaded successfully\n"]);
  assert(!CONTROL.test(stderr), JSON.stringify(stderr));
  const [begin, later, end, ...rest] = stderr.trimEnd().split("\n");
  assertMatch(begin!, /^get big: (connecting|downloading, \d+ %, .*, 1 source)$/);
  assertMatch(later!, /^get big: downloading, \d+ %, [\d.]+ MB of 16\.8 MB, .* left, 1 source$/);
  assertMatch(end!, /^get big: 16\.8 MB in 1\d s, 1\.\d MB\/s$/);
  assertEquals(rest, []);
  const rates = stderr.matchAll(/([\d.]+) MB\/s/g).map(([, rate]) => Number(rate)).toArray();
  assert(rates.every((rate) => rate <= 1.3), String(rates));
});

Deno.test("what takes less than a second is not told in a log", AS_PROCESSES, async () => {
  await using network = await withBigFile(1);
  const { code, stderr } = await network.once("vader", "get", "big");
  assertEquals([code, stderr], [0, ""]);
});

Deno.test("--json tells phases, and what was there of a file", AS_PROCESSES, async () => {
  await using network = await withBigFile(4);
  const get = ["get", "big", "--json", "--limit-down"];
  const { shell } = await network.begin("vader", ...get, "1M");
  await waitFor("some pieces", () => /"bytes":[2-9]\d{6},/.test(shell.stdout));
  shell.kill("SIGINT");
  assertEquals(await shell.ends(), 130);
  const { stdout } = await network.once("vader", ...get, "1M");
  const progress = jsonLines(stdout).filter(({ type }) => type === "progress");
  const phases = [...new Set(progress.map(({ phase }) => phase))];
  assertEquals([phases[0], phases.at(-1)], ["connecting", "downloading"]);
  const rates = progress.map(({ rate }) => Number(rate));
  assert(rates.every((rate) => rate < 1.5 * MIB), String(rates));
});
