/**
 * Tab, on a real terminal.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { Network } from "../support/network.ts";
import { waitFor } from "../support/wait_for.ts";
import { HAS_TERMINAL, rowsOf, Screen } from "../support/screen.ts";

const ON_TERMINAL = { ignore: !HAS_TERMINAL };

/** Types `typed` and Tab into an empty line, and waits until that is `line`. */
async function completes(screen: Screen, typed: string, line: string): Promise<void> {
  await screen.press("C-u");
  await screen.comesTo("an empty line", (text) => text.trimEnd().endsWith("\n>"));
  await screen.paste(typed);
  await screen.comesTo("the line", (text) => text.trimEnd().endsWith(`> ${typed.trimEnd()}`));
  await screen.press("Tab");
  await screen.comesTo("the end of it", (text) => text.trimEnd().endsWith(`> ${line.trimEnd()}`));
  await screen.paste("|");
  await screen.comesTo(`"${line}" of "${typed}"`, (text) => {
    return text.trimEnd().endsWith(`> ${line}|`);
  });
}

Deno.test("Tab completes commands, flags and paths", ON_TERMINAL, async () => {
  await using network = await Network.start();
  await using screen = await Screen.open(network);
  await Deno.mkdir(join(screen.folder, "lab reports/old"), { recursive: true });
  await Deno.writeTextFile(join(screen.folder, "lab reports/one.pdf"), "1");
  await Deno.writeTextFile(join(screen.folder, "-dash.txt"), "-");
  await screen.logIn();
  await completes(screen, "lp", "lpf ");
  await completes(screen, "get --f", "get --force ");
  await completes(screen, "cat a --r", "cat a --range ");
  await completes(screen, "pub la", 'pub "lab reports/');
  await completes(screen, 'pub "lab reports/on', 'pub "lab reports/one.pdf" ');
  await completes(screen, "limit u", "limit up ");
  await completes(screen, "pub -- -d", "pub -- -dash.txt ");
  await completes(screen, "pub ../", "pub ../");
  await screen.press("C-u", "ca", "Tab");
  await screen.shows("cancel  cat\n> ca");
});

Deno.test("Tab completes names of the index and users", ON_TERMINAL, async () => {
  await using network = await Network.start();
  const vader = await network.join("vader");
  for (const name of ["film one.mkv", "film two.mkv", "Song's.mp3"]) {
    await Deno.writeTextFile(join(vader.folder, name), name);
    await vader.shell.ask(`pub "${name}"`, "File published successfully\n");
  }
  await using screen = await Screen.open(network);
  await Deno.writeTextFile(join(screen.folder, "mine.txt"), "mine");
  await screen.logIn();
  await screen.press("pub mine.txt", "Enter");
  await screen.shows("File published");
  await completes(screen, "lpf v", "lpf vader ");
  await completes(screen, "unp m", "unp mine.txt ");
  await completes(screen, "get fi", 'get "film ');
  await completes(screen, 'get "film o', 'get "film one.mkv" ');
  await completes(screen, "get son", `get "Song's.mp3" `);
  await screen.press("C-u");
  await screen.paste('get "film ');
  await screen.press("Tab");
  const rows = rowsOf(await screen.shows("film one.mkv  film two.mkv\n"));
  assertEquals(rows.at(-1), '> get "film');
});

Deno.test("a Tab that the index does not answer keeps nobody from typing", {
  ...ON_TERMINAL,
}, async () => {
  await using network = await Network.start();
  await using screen = await Screen.open(network);
  await screen.logIn();
  network.server.kill("SIGSTOP");
  try {
    await screen.press("get film");
    await screen.shows("> get film");
    const written = network.home.pathOf("written");
    await screen.record(written);
    await screen.press("Tab");
    // A Tab is text where other text comes with it, as in a paste.
    await waitFor("the Tab", async () => (await Deno.stat(written)).size > 0);
    await screen.press("s");
    await screen.comesTo("the line", (text) => text.trimEnd().endsWith("> get films"), 3_000);
    await screen.press("C-u", "can");
    await screen.shows("> can");
    await screen.press("Tab");
    await screen.comesTo("another one", (text) => text.trimEnd().endsWith("> cancel"), 3_000);
  } finally {
    network.server.kill("SIGCONT");
  }
});

Deno.test("commands of other programs are understood, and misspelled ones named", {
  ...ON_TERMINAL,
}, async () => {
  await using network = await Network.start();
  await using screen = await Screen.open(network);
  await screen.logIn();
  await screen.press("ls", "Enter");
  await screen.shows("> ls\nNo files published\n>");
  await screen.press("gte film", "Enter");
  await screen.shows('"gte" is not a command; did you mean "get"?');
  await screen.press("?", "Enter");
  await screen.shows("download a file");
  await screen.press("quit", "Enter");
  await screen.shows("Goodbye!\n[0]$");
});
