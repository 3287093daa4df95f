/**
 * What no terminal understands is not written to what is none.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { someBytes } from "../support/bytes.ts";
import { RelayedNetwork } from "../support/relayed_network.ts";
import { HAS_TERMINAL, Screen, type ScreenOptions } from "../support/screen.ts";
import { MAY_RUN } from "../support/permission.ts";
import { waitFor } from "../support/wait_for.ts";

const ON_TERMINAL = { ignore: !HAS_TERMINAL };
/** Control characters, but for ends of lines. */
// deno-lint-ignore no-control-regex
const CONTROL = /[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f]|\r(?!\n)/;
/** Sets a colour, or bold, and so on. */
// deno-lint-ignore no-control-regex
const COLOUR = /\x1b\[[\d;]*m/;

/** An index, and vader, who publishes a file that takes more than a second to get. */
async function networkWithFilm(): Promise<RelayedNetwork> {
  const network = await RelayedNetwork.start({ bytesPerSecond: 2_000_000 });
  const vader = await network.join("vader");
  await Deno.writeFile(join(vader.folder, "film"), someBytes(3_000_000));
  await vader.shell.ask("pub film", "File published successfully\n");
  return network;
}

/** Logs in on a terminal, gets the film, types a line and leaves. Returns what was written there. */
async function converse(
  network: RelayedNetwork,
  options: ScreenOptions,
  prompts: (screen: Screen) => Promise<string> = (screen) => screen.text(),
): Promise<string> {
  await using screen = await Screen.open(network, options);
  const path = network.home.pathOf("recorded");
  await screen.record(path);
  const isAsked = (prompt: string) => async () => (await prompts(screen)).includes(prompt);
  await waitFor("the first question", isAsked("Enter username:"));
  await screen.press("hans", "Enter");
  await waitFor("the second question", isAsked("Enter password:"));
  await screen.press("pw-hans", "Enter");
  await screen.shows("Available commands");
  await screen.press("get film", "Enter");
  await screen.shows("film downloaded successfully");
  await screen.press("sch nothimg", "BSpace", "BSpace", "ng", "Enter");
  await screen.shows("No files found");
  await screen.press("xit", "Enter");
  await screen.shows("Goodbye!\n[0]$");
  assert(!(await screen.history()).includes("pw-hans"));
  const written = await Deno.readTextFile(path);
  // The runtime writes something of its own before.
  return written.slice(Math.max(0, written.indexOf("Enter username:")));
}

Deno.test("pipes get no control characters", { ignore: !MAY_RUN }, async () => {
  await using network = await networkWithFilm();
  const hans = await network.join("hans");
  await hans.shell.ask("get film", "film downloaded successfully\n");
  await hans.shell.type("xit");
  assertEquals(await hans.shell.ends(), 0);
  assert(!CONTROL.test(hans.shell.stdout + hans.shell.stderr));
});

Deno.test("nor does a file that standard error goes to", ON_TERMINAL, async () => {
  await using network = await networkWithFilm();
  const log = network.home.pathOf("log");
  const prompts = () => Deno.readTextFile(log).catch(() => "");
  const written = await converse(network, { redirection: `2>${log}` }, prompts);
  assert(!CONTROL.test(written.replaceAll("\b \b", "")), JSON.stringify(written));
  const noted = await Deno.readTextFile(log);
  assert(!CONTROL.test(noted), JSON.stringify(noted));
  assertStringIncludes(noted, "Enter password: \n");
});

Deno.test("nor does a dumb terminal", ON_TERMINAL, async () => {
  await using network = await networkWithFilm();
  const written = await converse(network, { settings: "TERM=dumb" });
  assert(!CONTROL.test(written.replaceAll("\b \b", "")), JSON.stringify(written));
  assertStringIncludes(written, "> sch nothi");
});

for (const settings of ["", "NO_COLOR=1"]) {
  Deno.test(`no colours are shown on any terminal, ${settings || "asked for or not"}`, {
    ...ON_TERMINAL,
  }, async () => {
    await using network = await networkWithFilm();
    const written = await converse(network, { settings });
    assertStringIncludes(written, " %");
    assert(!COLOUR.test(written), JSON.stringify(written));
  });
}

Deno.test("Ctrl-Z and fg work on a dumb terminal", ON_TERMINAL, async () => {
  await using network = await networkWithFilm();
  await using screen = await Screen.open(network, { settings: "TERM=dumb" });
  await screen.logIn();
  await screen.press("C-z");
  await screen.shows("[148]$");
  await screen.press("fg", "Enter");
  await screen.comesTo("the prompt", (text) => text.trimEnd().endsWith("\n>"));
  await screen.press("lap", "Enter");
  await screen.comesTo("the list", (text) => /1 active peer:\nUSER .*\nvader .*\n>/.test(text));
});

Deno.test("Ctrl-C takes a question back on a dumb terminal", ON_TERMINAL, async () => {
  await using network = await networkWithFilm();
  await using screen = await Screen.open(network, { settings: "TERM=dumb" });
  await screen.logIn();
  await screen.press("get --match film", "Enter");
  await screen.shows("film? [y/N]");
  await screen.press("C-c");
  await screen.shows("^C\nget was interrupted\n>");
  await screen.press("lap", "Enter");
  await screen.comesTo("the list", (text) => /1 active peer:\nUSER .*\nvader .*\n>/.test(text));
});
