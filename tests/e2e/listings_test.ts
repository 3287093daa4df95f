/**
 * Listings of the real client: tables on a terminal, the original's words elsewhere.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { Network } from "../support/network.ts";
import { lastObject } from "../support/json_lines.ts";
import { MAY_RUN } from "../support/permission.ts";
import { HAS_TERMINAL, rowsOf, Screen } from "../support/screen.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };
const ON_TERMINAL = { ignore: !HAS_TERMINAL };
const DEVICE = MAY_RUN ? Deno.hostname() : "";
const FILES = { "lab1.pdf": 1_500, "lab/2.csv": 5, "lab/映画.mkv": 70_000 };

/** Vader and yoda publish files, one of them both. */
async function startNetwork(): Promise<Network> {
  const network = await Network.start();
  for (const [user, names] of [["vader", Object.keys(FILES)], ["yoda", ["lab1.pdf"]]] as const) {
    const { shell, folder } = await network.join(user);
    await Deno.mkdir(join(folder, "lab"));
    for (const name of names) {
      await Deno.writeFile(join(folder, name), new Uint8Array(FILES[name as keyof typeof FILES]));
      await shell.ask(`pub ${name}`, "File published successfully");
    }
  }
  return network;
}

for (const columns of [20, 40, 80, 200]) {
  Deno.test(`sch, lpf and lap fit a terminal of ${columns} columns`, ON_TERMINAL, async () => {
    await using network = await startNetwork();
    await using screen = await Screen.open(network, { columns });
    await screen.logIn();
    await screen.clear();
    /** The rows from the one that is `heading` to the next prompt. */
    const shown = async (line: string, heading: string, end: string) => {
      await screen.clear();
      await screen.paste(`${line}\n`);
      const rows = rowsOf(await screen.comesTo(line, (text) => text.trimEnd().endsWith(end)));
      return rows.slice(rows.indexOf(heading), -1);
    };
    await shown("get lab/2.csv", "", "successfully\n>");
    const search = "sch lab --sort size";
    const found = await shown(search, "3 files found:", "* in your folder\n>");
    assertEquals(found.slice(2, -1).map((row) => row.slice(0, 7)), [
      "  lab/映",
      "  lab1.",
      "* lab/2",
    ]);
    assertEquals(found.some((row) => row.includes("70.0 kB")), columns > 20);
    const isOwned = found.some((row) => /lab1.pdf .*(?:vader|yoda) .*2\/2$/.test(row));
    assert(columns < 80 || isOwned);
    assert(columns < 200 || found.some((row) => row.includes(DEVICE)));
    const published = await shown("lpf vader --limit 2", "3 files published:", "more\n>");
    assertEquals(published.at(-1), "… and 1 more");
    const peers = await shown("lap", "2 active peers:", "s\n>");
    assertEquals(peers.length, 4);
    assert(columns < 80 || peers.some((row) => row.includes(DEVICE)));
  });
}

Deno.test("what is no terminal gets the original's lists", AS_PROCESSES, async () => {
  await using network = await startNetwork();
  const run = async (...args: string[]) => (await network.once("hans", ...args)).stdout;
  assertEquals(await run("lap"), "2 active peers:\nvader\nyoda\n");
  assertEquals(await run("sch", "pdf"), "1 file found:\nlab1.pdf\n");
  assertEquals(
    await run("sch", "lab", "--sort", "size", "--limit", "2"),
    "3 files found:\nlab/映画.mkv\nlab1.pdf\n… and 1 more\n",
  );
  assertEquals(await run("lpf", "yoda"), "1 file published:\nlab1.pdf\n");
  const long = await run("sch", "lab1", "--long");
  assertMatch(long, /^1 file found:\nNAME +SIZE +OWNER +DEVICE +SOURCES +ID\n/);
  assertMatch(long, /\nlab1.pdf +1.5 kB +(vader|yoda) +\S+ +2\/2 +[0-9a-f]{64}\n$/);
});

Deno.test(
  "programs are told who publishes what is found, and what they have",
  AS_PROCESSES,
  async () => {
    await using network = await startNetwork();
    await network.once("hans", "get", "lab/2.csv");
    const json = async (...args: string[]) => {
      return lastObject((await network.once("hans", ...args, "--json")).stdout);
    };
    const { items, publishers, here } = await json("sch", "lab");
    assertEquals(items, Object.keys(FILES).sort());
    const [csv, pdf] = [items.indexOf("lab/2.csv"), items.indexOf("lab1.pdf")];
    assertEquals(publishers[csv], { user: "vader", active: 1, all: 1, device: DEVICE });
    assertEquals([publishers[pdf].active, publishers[pdf].all], [2, 2]);
    assertEquals([here, (await json("lpf", "vader")).here], [["lab/2.csv"], ["lab/2.csv"]]);
    await Deno.remove(join(network.home.pathOf("hans"), "lab/2.csv"));
    assertEquals((await json("sch", "lab")).here, undefined);
  },
);

Deno.test("the plain protocol lists names alone, on a terminal too", ON_TERMINAL, async () => {
  await using network = await Network.start();
  const { shell, folder } = await network.join("vader", ["--protocol", "1"]);
  await Deno.writeTextFile(join(folder, "a.txt"), "a");
  await shell.ask("pub a.txt", "File published successfully");
  const command = [...network.programs.client, network.typedIndex, "--protocol", "1"];
  await using screen = await Screen.open(network, { command });
  await screen.logIn();
  await screen.clear();
  await screen.paste("sch a\n");
  const rows = rowsOf(await screen.shows("a.txt"));
  assert(rows.includes("1 file found:") && rows.includes("a.txt"), rows.join("\n"));
});
