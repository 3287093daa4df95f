/**
 * What was typed in a shell, in the next one.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Network } from "../support/network.ts";
import { HAS_TERMINAL, rowsOf, Screen } from "../support/screen.ts";

const ON_TERMINAL = { ignore: !HAS_TERMINAL };

function historyOf(network: Network): string {
  return network.home.pathOf("state/bittrickle/history");
}

/** A terminal on which hans is logged in and has typed `lines`. */
async function openAndType(network: Network, ...lines: string[]): Promise<Screen> {
  const screen = await Screen.open(network);
  await screen.logIn();
  for (const line of lines) {
    await screen.press(line, "Enter");
    await screen.comesTo("a prompt", (text) => text.trimEnd().endsWith("\n>"));
  }
  return screen;
}

async function leave(screen: Screen): Promise<void> {
  await screen.press("xit", "Enter");
  await screen.shows("Goodbye!\n[0]$");
}

Deno.test("a shell knows what was typed in the ones before", ON_TERMINAL, async () => {
  await using network = await Network.start();
  {
    await using screen = await openAndType(network, "sch first", "sch second", " sch hidden");
    await screen.press("pw-hans", "Enter");
    await screen.shows('"pw-hans" is not a command');
    await screen.press("Up");
    await screen.comesTo("the mistake again", (text) => text.trimEnd().endsWith("> pw-hans"));
    await screen.press("C-u");
    await leave(screen);
  }
  const path = historyOf(network);
  assertEquals(await Deno.readTextFile(path), "sch first\nsch second\n");
  assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
  await using screen = await openAndType(network);
  await screen.press("Up", "Up");
  await screen.comesTo("the older one", (text) => text.trimEnd().endsWith("> sch first"));
  await screen.press("Down");
  await screen.comesTo("the newer one", (text) => text.trimEnd().endsWith("> sch second"));
  await screen.press("Down");
  await screen.comesTo("an empty line", (text) => text.trimEnd().endsWith("\n>"));
});

Deno.test("Ctrl-R finds lines as one types", ON_TERMINAL, async () => {
  await using network = await Network.start();
  const lines = ["sch first-film", "sch a-song", "sch second-film", "lpf vader"];
  await using screen = await openAndType(network, ...lines);
  await screen.press("C-r", "film");
  await screen.shows("(search: film) sch second-film");
  await screen.press("C-r");
  await screen.shows("(search: film) sch first-film");
  await screen.press("x");
  await screen.shows("(not found: filmx)");
  await screen.press("BSpace");
  await screen.shows("(search: film) sch second-film");
  await screen.press("C-e", "s");
  await screen.comesTo("the line", (text) => text.trimEnd().endsWith("> sch second-films"));
  await screen.press("C-u", "typed", "C-r", "song", "C-g");
  await screen.comesTo("what was typed", (text) => text.trimEnd().endsWith("> typed"));
  await screen.press("C-u", "C-r", "song", "Enter");
  await screen.shows("> sch a-song\nNo files found\n>");
  assert(!rowsOf(await screen.text()).at(-1)!.includes("search"));
});

Deno.test("two shells lose no line of each other", ON_TERMINAL, async () => {
  await using network = await Network.start();
  await using first = await openAndType(network, "sch one");
  await using second = await openAndType(network, "sch two", "sch three");
  await first.press("sch four", "Enter");
  await first.comesTo("an answer", (text) => text.split("No files found").length === 3);
  await leave(second);
  await leave(first);
  assertEquals(
    (await Deno.readTextFile(historyOf(network))).split("\n").sort(),
    ["", "sch four", "sch one", "sch three", "sch two"],
  );
});
