/**
 * Progress on real terminals of any width.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { DOWNLOAD_CONNECTIONS } from "../../lib/protocol/download_limits.ts";
import { PIECE_BYTES } from "../../lib/protocol/limits.ts";
import { someBytes } from "../support/bytes.ts";
import { hashed } from "../support/hashed.ts";
import { busyUntil, HostileSource } from "../support/hostile_source.ts";
import { RelayedNetwork } from "../support/relayed_network.ts";
import { HAS_TERMINAL, rowsOf, Screen, type ScreenOptions } from "../support/screen.ts";
import { waitFor } from "../support/wait_for.ts";

const ON_TERMINAL = { ignore: !HAS_TERMINAL };
const BYTES_PER_SECOND = 4_000_000;
/** After so many bytes at least one more piece is there, whatever the number of connections. */
const STEP = (DOWNLOAD_CONNECTIONS + 1) * PIECE_BYTES;

/** Vader publishes a file called `name`, which hans begins to get on a terminal of his. */
async function beginGet(
  network: RelayedNetwork,
  name: string,
  bytes: number,
  options: ScreenOptions = {},
): Promise<Screen> {
  const vader = await network.join("vader");
  await Deno.writeFile(join(vader.folder, name), someBytes(bytes));
  await vader.shell.ask(`pub "${name}"`, "File published successfully\n");
  const screen = await Screen.open(network, options);
  await screen.logIn();
  await screen.press("C-l");
  await screen.paste(`get "${name}"\n`);
  return screen;
}

/** Waits for a percentage that has not been shown yet, and returns the rows of the screen. */
async function nextShare(screen: Screen, seen: Set<string>): Promise<string[]> {
  let share: string | undefined;
  const text = await screen.comesTo("more progress", (text) => {
    share = text.match(/\d+ %/)?.[0];
    return share !== undefined && !seen.has(share);
  });
  seen.add(share!);
  return rowsOf(text);
}

/** Wide characters, emoji, and more of it than most terminals have room for. */
const LONG_NAME =
  "🎬❤️映画、とても長い名前-a-film-whose-name-is-longer-than-a-terminal-is-wide.mkv";

for (const columns of [20, 40, 80, 200]) {
  Deno.test(`progress keeps to one row of ${columns} columns`, ON_TERMINAL, async () => {
    await using network = await RelayedNetwork.start({ bytesPerSecond: BYTES_PER_SECOND });
    await using screen = await beginGet(network, LONG_NAME, 11 * PIECE_BYTES, { columns });
    const seen = new Set<string>();
    const shown: string[][] = [];
    for (let i = 0; i < 2; i++) {
      await network.at(STEP, async () => void shown.push(await nextShare(screen, seen)));
    }
    assertEquals(shown[1]!.slice(0, -1), shown[0]!.slice(0, -1));
    assertEquals(shown[1]!.filter((row) => /\d %/.test(row)).length, 1);
    const end = (text: string) => text.replace(/\s/g, "").endsWith("downloadedsuccessfully>");
    await screen.comesTo("the end", end);
    assert(!(await screen.history()).includes(" %"));
  });
}

Deno.test("progress is right after a terminal was resized", ON_TERMINAL, async () => {
  await using network = await RelayedNetwork.start({ bytesPerSecond: BYTES_PER_SECOND });
  const name = "a-film-with-a-name-of-40-columns-in-all.mkv";
  await using screen = await beginGet(network, name, 21 * PIECE_BYTES);
  const seen = new Set<string>();
  await network.at(STEP, () => nextShare(screen, seen));
  for (const columns of [40, 25, 120]) {
    await screen.resize(columns);
    await network.at(STEP, () => nextShare(screen, seen));
    const rows = rowsOf(await screen.history());
    const [command, ...below] = rows.slice(rows.findIndex((row) => row.startsWith("> get")));
    assertEquals(command, `> get "${name}"`);
    assertEquals(below.length, 1, rows.join("\n"));
    assert(/^get a.* \d+ %/.test(below[0]!), below[0]);
  }
});

Deno.test("a place in a queue goes when something comes", ON_TERMINAL, async () => {
  await using network = await RelayedNetwork.start();
  const file = hashed(someBytes(3 * PIECE_BYTES));
  let isFree = false;
  const script = busyUntil(() => isFree);
  await using busy = await HostileSource.join(network.index, "yoda", file, { script });
  await busy.publish("film");
  await using screen = await Screen.open(network);
  await screen.logIn();
  await screen.press("get film", "Enter");
  await screen.shows("get film  waiting at place 1 in the queue of yoda");
  isFree = true;
  await network.at(PIECE_BYTES, () => {
    return screen.comesTo("no queue", (text) => !text.includes("in the queue"));
  });
  await screen.shows("film downloaded successfully");
});

Deno.test("who sends is shown, not who makes wait", ON_TERMINAL, async () => {
  await using network = await RelayedNetwork.start({ bytesPerSecond: 300_000 });
  const content = someBytes(20 * PIECE_BYTES);
  const vader = await network.join("vader");
  await Deno.writeFile(join(vader.folder, "film"), content);
  await vader.shell.ask("pub film", "File published successfully\n");
  let told = 0;
  const script = busyUntil(() => ++told < 0);
  await using busy = await HostileSource.join(network.index, "yoda", hashed(content), { script });
  await busy.publish("film");
  await using screen = await Screen.open(network);
  await screen.logIn();
  await screen.press("get film", "Enter");
  // What was said before the first bytes may stand for a moment.
  await waitFor("bytes", () => network.sentBy("vader") > 100_000);
  await waitFor("them on the screen", async () => !(await screen.text()).includes("in the queue"));
  const before = told;
  let shown = "";
  await waitFor("more bytes, longer than it takes to show progress", async () => {
    shown += await screen.text();
    return network.sentBy("vader") > 700_000;
  });
  assert(told > before);
  assert(!shown.includes("in the queue"));
  await screen.press("C-c");
  await screen.shows("get was interrupted\n>");
});

/** Starts a command, whose password is given to it, on a terminal. */
function withCommand(network: RelayedNetwork, ...args: string[]): ScreenOptions {
  const command = [...network.programs.client, network.typedIndex, "--user", "hans", ...args];
  return { command, settings: "BITTRICKLE_PASSWORD=pw-hans" };
}

/** A network in which vader publishes `film`, of so many pieces. */
async function networkWithFilm(pieces: number): Promise<RelayedNetwork> {
  const network = await RelayedNetwork.start({ bytesPerSecond: BYTES_PER_SECOND });
  const vader = await network.join("vader");
  await Deno.writeFile(join(vader.folder, "film"), someBytes(pieces * PIECE_BYTES));
  await vader.shell.ask("pub film", "File published successfully\n");
  return network;
}

Deno.test("a command without a shell follows the size of the terminal", ON_TERMINAL, async () => {
  await using network = await networkWithFilm(24);
  await using screen = await Screen.open(network, withCommand(network, "get", "film"));
  await screen.shows("1 source");
  for (const columns of [30, 100]) {
    await screen.resize(columns);
    const isRight = (text: string) => {
      const rows = rowsOf(text).filter((row) => / %/.test(row));
      return rows.length === 1 && /^get film .*\d+ %/.test(rows[0]!) &&
        rows[0]!.includes("1 source") === (columns === 100);
    };
    await screen.comesTo(`progress in ${columns} columns`, isRight);
  }
  await screen.shows("film downloaded successfully\n[0]$", 20_000);
  assert(!(await screen.history()).includes(" %"));
});

Deno.test("several transfers have a total above them", ON_TERMINAL, async () => {
  await using network = await networkWithFilm(16);
  await using screen = await Screen.open(network, { columns: 100 });
  await screen.logIn();
  await screen.press("get film --as a &", "Enter", "get film --as b &", "Enter", "typed");
  await screen.comesTo("a total, two lines and what is typed", (text) => {
    const [total = "", first = "", second = "", line] = rowsOf(text).slice(-4);
    return /^2 transfers .*\d+ % .* of 33.6 MB/.test(total) && /^\[1\] get film /.test(first) &&
      /^\[2\] get film /.test(second) && line === "> typed";
  });
  await screen.press("C-u", "cancel 1", "Enter");
  await screen.comesTo("one line", (text) => {
    return !text.includes("2 transfers") && /\n\[2\] get film .*\d %.*\n>/.test(text);
  });
  await screen.press("cancel 2", "Enter");
  await screen.shows("[2] get was interrupted");
});

Deno.test("--quiet shows no progress on a terminal", ON_TERMINAL, async () => {
  await using network = await networkWithFilm(8);
  await using screen = await Screen.open(network, withCommand(network, "get", "film", "--quiet"));
  const path = network.home.pathOf("recorded");
  await screen.record(path);
  await screen.shows("film downloaded successfully", 20_000);
  assert(!(await Deno.readTextFile(path)).includes(" %"));
});
