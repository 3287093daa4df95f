/**
 * What is typed and pasted on a real terminal, at whatever moment.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { PIECE_BYTES } from "../../lib/protocol/limits.ts";
import { someBytes } from "../support/bytes.ts";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { RelayedNetwork } from "../support/relayed_network.ts";
import { HAS_TERMINAL, rowsOf, Screen } from "../support/screen.ts";

const ON_TERMINAL = { ignore: !HAS_TERMINAL };

/** Opens a terminal on which hans downloads a film, and does `act` in the middle of that. */
async function openBusy(
  network: RelayedNetwork,
  columns: number,
  act: (screen: Screen) => Promise<void>,
): Promise<Screen> {
  const vader = await network.join("vader");
  await Deno.writeFile(join(vader.folder, "film"), someBytes(2 * PIECE_BYTES));
  await vader.shell.ask("pub film", "File published successfully\n");
  const screen = await Screen.open(network, { columns });
  await screen.logIn();
  const middle = network.at(PIECE_BYTES, () => act(screen));
  await screen.press("get film", "Enter");
  await middle;
  return screen;
}

for (const columns of [20, 40, 80]) {
  Deno.test(`what is typed during a download waits in the next of ${columns} columns`, {
    ...ON_TERMINAL,
  }, async () => {
    await using network = await RelayedNetwork.start();
    const line = "sch this-was-typed-in-advancX";
    await using screen = await openBusy(network, columns, (screen) => screen.press(line));
    const shown = await screen.comesTo("the line", (text) => {
      return text.replaceAll("\n", "").includes(`> ${line}`);
    });
    assertEquals(shown.split("typed").length, 2);
    const end = `> ${line}`.length;
    const { column, row } = await screen.cursor();
    assertEquals(column, end % columns);
    assert(shown.split("\n")[row]!.trimEnd().endsWith(line.slice(-(end % columns))));
    await screen.press("BSpace", "e", "Enter");
    await screen.shows("No files found");
    const whole = await screen.history();
    assert(whole.includes("> sch this-was-typed-in-advance\nNo files found"), whole);
  });
}

Deno.test("lines pasted during a download run one after the other", ON_TERMINAL, async () => {
  await using network = await RelayedNetwork.start();
  const lines = "lap\nsch nothing\nlpf vader\nlp";
  await using screen = await openBusy(network, 80, (screen) => screen.paste(lines));
  await screen.comesTo("the last line", (text) => text.trimEnd().endsWith("\n> lp"));
  const rows = rowsOf(await screen.text());
  // Of a table the first column.
  const firsts = rows.map((row) => row.trim().split("  ")[0]);
  assertEquals(firsts.slice(rows.indexOf("> get film")), [
    "> get film",
    "film downloaded successfully",
    "> lap",
    "1 active peer:",
    "USER",
    "vader",
    "> sch nothing",
    "No files found",
    "> lpf vader",
    "1 file published:",
    "NAME",
    "* film",
    "* in your folder",
    "> lp",
  ]);
  assertEquals((await screen.cursor()).column, 4);
});

Deno.test("a user, a password and commands can be pasted together", ON_TERMINAL, async () => {
  await using network = await Network.start();
  await using screen = await Screen.open(network);
  await screen.shows("Enter username:");
  await screen.paste("hans\npw-hans\nlap\nlpf\nxit\n");
  assertEquals(rowsOf(await screen.shows("Goodbye!\n[0]$")).slice(1), [
    "Enter username: hans",
    "Enter password:",
    "Welcome to BitTrickle!",
    "Available commands are: get, lap, lpf, pub, sch, unp, xit",
    "More: cat, jobs, limit. Type help for what they do, help get for all about get.",
    "> lap",
    "No active peers",
    "> lpf",
    "No files published",
    "> xit",
    "Goodbye!",
    "[0]$",
  ]);
});

Deno.test("of a long paste no line is lost, doubled or out of place", ON_TERMINAL, async () => {
  await using network = await Network.start();
  await using screen = await Screen.open(network);
  await screen.logIn();
  // More than the terminal itself keeps for a program that does not read.
  const lines = Array.from({ length: 400 }, (_, i) => `sch there-is-no-such-file-${i}`);
  await screen.paste(`${lines.join("\n")}\nxit\n`);
  await screen.shows("Goodbye!\n[0]$", 60_000);
  const rows = rowsOf(await screen.history());
  const first = rows.indexOf(`> ${lines[0]}`);
  assertEquals(rows.slice(first, -3), lines.flatMap((line) => [`> ${line}`, "No files found"]));
});

Deno.test(
  "a long pasted line keeps nobody waiting, and costs no session",
  ON_TERMINAL,
  async () => {
    await using network = await Network.start();
    await using screen = await Screen.open(network);
    await screen.logIn();
    await screen.paste(`sch ${"x".repeat(10_000)}\n`);
    const shown = await screen.shows("longer than", 5_000);
    assert(!shown.includes("logged in again"), shown);
  },
);

Deno.test("lines of a script may end as on any system", { ignore: !MAY_RUN }, async () => {
  await using network = await Network.start();
  for (const end of ["\n", "\r", "\r\n"]) {
    const user = await network.begin("hans");
    await user.shell.type(["lap", "lpf", "xit"].join(end));
    assertEquals(await user.shell.ends(), 0);
    const [, , ...said] = user.shell.stdout.split("\n");
    assertEquals(said, ["No active peers", "No files published", "Goodbye!", ""]);
  }
});
