/**
 * Commands in the background of a shell, on a real terminal.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { PIECE_BYTES } from "../../lib/protocol/limits.ts";
import { someBytes } from "../support/bytes.ts";
import { RelayedNetwork } from "../support/relayed_network.ts";
import { HAS_TERMINAL, rowsOf, Screen, type ScreenOptions } from "../support/screen.ts";

const ON_TERMINAL = { ignore: !HAS_TERMINAL };

/** A terminal on which hans is logged in; vader publishes `names`, of so many pieces each. */
async function openWith(
  network: RelayedNetwork,
  names: readonly string[],
  pieces: number,
  options: ScreenOptions = {},
): Promise<Screen> {
  const vader = await network.join("vader");
  for (const name of names) {
    await Deno.writeFile(join(vader.folder, name), someBytes(pieces * PIECE_BYTES + name.length));
    await vader.shell.ask(`pub "${name}"`, "File published successfully\n");
  }
  const screen = await Screen.open(network, options);
  await screen.logIn();
  return screen;
}

function endsWithPrompt(text: string): boolean {
  return text.trimEnd().endsWith("\n>");
}

Deno.test("several downloads run while one types", ON_TERMINAL, async () => {
  await using network = await RelayedNetwork.start({ bytesPerSecond: 3_000_000 });
  await using screen = await openWith(network, ["first", "second"], 8);
  await screen.press("get first &", "Enter");
  await screen.press("get second &", "Enter");
  await screen.press("lap", "Enter");
  await screen.comesTo("the list", (text) => /1 active peer:\nUSER .*\nvader .*\n/.test(text));
  await screen.press("sch this-is-typed");
  await screen.comesTo("progress of both above the line", (text) => {
    const [a = "", b = "", line] = rowsOf(text).slice(-3);
    return /^\[1\] get first .*\d %/.test(a) && /^\[2\] get second .*\d %/.test(b) &&
      line === "> sch this-is-typed";
  });
  await screen.press(" meanwhile");
  await screen.comesTo("both ends above the line", (text) => {
    return text.includes("[1] first downloaded successfully\n") &&
      text.includes("[2] second downloaded successfully\n") &&
      text.trimEnd().endsWith("\n> sch this-is-typed meanwhile");
  }, 20_000);
  await screen.press("Enter");
  await screen.shows("No files found");
  assert(!(await screen.history()).includes(" %"), "progress is left on the screen");
  for (const name of ["first", "second"]) {
    assertEquals((await Deno.stat(join(screen.folder, name))).size, 8 * PIECE_BYTES + name.length);
  }
});

Deno.test("Ctrl-Z sends a download to the background, jobs lists it", ON_TERMINAL, async () => {
  await using network = await RelayedNetwork.start({ bytesPerSecond: 1_000_000 });
  await using screen = await openWith(network, ["film"], 30);
  await screen.press("get film", "Enter");
  await screen.comesTo("progress", (text) => /\d+ % {2}[\d.]+ MB of 31.5 MB/.test(text));
  await screen.press("typed before", "C-z");
  await screen.shows("[1] get film\n");
  await screen.comesTo("what was typed", (text) => text.trimEnd().endsWith("\n> typed before"));
  await screen.press("C-u", "jobs", "Enter");
  await screen.comesTo("the job", (text) => {
    return /^\[1\] running {4}get film  downloading, \d+ %, [\d.]+ MB of 31.5 MB/m.test(text);
  });
  await screen.press("cancel 1", "Enter");
  await screen.shows("[1] get was interrupted\n>");
  await screen.press("jobs", "Enter");
  await screen.shows("[1] cancelled  get film\n>");
  await screen.press("cancel 1", "Enter");
  await screen.shows("Job 1 has ended\n>");
  await screen.press("wait 7", "Enter");
  await screen.shows('There is no job "7": jobs lists them\n>');
});

Deno.test("wait ends with the job, or by Ctrl-C without it", ON_TERMINAL, async () => {
  await using network = await RelayedNetwork.start({ bytesPerSecond: 3_000_000 });
  await using screen = await openWith(network, ["film"], 9);
  await screen.press("get film &", "Enter", "wait", "Enter");
  await screen.shows(" %");
  await screen.press("C-c");
  await screen.shows("wait was interrupted");
  await screen.press("wait 1", "Enter");
  await screen.shows("[1] film downloaded successfully\n>", 20_000);
});

Deno.test("Ctrl-C ends the command, and not the shell", ON_TERMINAL, async () => {
  await using network = await RelayedNetwork.start({ bytesPerSecond: 1_000_000 });
  await using screen = await openWith(network, ["film"], 30);
  await screen.press("get film", "Enter");
  await screen.shows(" %");
  await screen.press("C-c");
  await screen.shows("get was interrupted\n>");
  await screen.press("lap", "Enter");
  await screen.comesTo("the list", (text) => /1 active peer:\nUSER .*\nvader .*\n>/.test(text));
  await screen.press("half a line");
  await screen.shows("> half a line");
  await screen.press("C-c");
  await screen.comesTo("an empty line", (text) => text.trimEnd().endsWith("> half a line^C\n>"));
  await screen.interruptUntil("Ctrl-C again to leave\n>");
  await screen.press("lap", "Enter");
  await screen.comesTo("a list", (text) => text.split("\nvader ").length === 3);
  await screen.clear();
  await screen.comesTo("an empty screen", (text) => text.trim() === ">");
  await screen.interruptUntil("Ctrl-C again to leave\n>");
  await screen.interruptUntil("Goodbye!\n[130]$");
});

for (const way of ["xit", "C-d"]) {
  Deno.test(`${way} asks whether running jobs are to be cancelled`, ON_TERMINAL, async () => {
    await using network = await RelayedNetwork.start({ bytesPerSecond: 1_000_000 });
    await using screen = await openWith(network, ["film"], 30);
    const keys = way === "xit" ? ["xit", "Enter"] : ["C-d"];
    await screen.press("get film &", "Enter");
    await screen.shows(" %");
    await screen.press(...keys);
    await screen.shows("1 job is running. Cancel and leave? [y/N]");
    await screen.press("n", "Enter");
    await screen.comesTo("a prompt", endsWithPrompt);
    await screen.press(...keys);
    await screen.comesTo("the question again", (text) => text.split("[y/N]").length === 3);
    await screen.press("y", "Enter");
    await screen.shows("[1] get was interrupted\nGoodbye!\n[0]$");
  });
}

Deno.test("more downloads than a screen has room for leave the line its place", {
  ...ON_TERMINAL,
}, async () => {
  await using network = await RelayedNetwork.start({ bytesPerSecond: 500_000 });
  const names = Array.from({ length: 12 }, (_, i) => `file-${i}`);
  await using screen = await openWith(network, names, 4, { rows: 10, columns: 40 });
  await screen.paste(names.map((name) => `get ${name} &\n`).join("") + "sch typed");
  await screen.comesTo("the first jobs and the line", (text) => {
    const rows = rowsOf(text);
    return rows.at(-1) === "> sch typed" && rows.at(-2) === "… and 6 more" &&
      rows.at(-3)!.startsWith("[6] get file-5 ") && rows.at(-9)!.startsWith("12 transfers ");
  }, 20_000);
});

const TYPED: Readonly<Record<string, string>> = {
  "a line of several rows": "sch " + "a-rather-long-name-of-a-file ".repeat(4) + "the-last",
  "a line of wide characters": "sch " + "長い名前の映画 ".repeat(6) + "🎬🎬🎬.mkv",
};

for (const [kind, line] of Object.entries(TYPED)) {
  Deno.test(`progress and ends leave ${kind} as it is, also resized`, ON_TERMINAL, async () => {
    await using network = await RelayedNetwork.start({ bytesPerSecond: 3_000_000 });
    await using screen = await openWith(network, ["映画-one", "two"], 9);
    await screen.paste('get "映画-one" &\nget two &\n');
    await screen.press(line, "Left", "Left", "Left", "Left", "Left");
    const typed = [..."> ", ...line];
    const isWhole = (text: string) => text.replaceAll("\n", "").trimEnd().endsWith(typed.join(""));
    for (const [i, columns] of [40, 23, 100].entries()) {
      await screen.resize(columns);
      await screen.comesTo(`the line in ${columns} columns below progress`, (text) => {
        return isWhole(text) && /^\[\d\] .*%.*$/m.test(text);
      });
      await screen.press("X");
      typed.splice(-5, 0, "X");
      await screen.comesTo(`${i + 1} X`, isWhole);
    }
    const text = await screen.comesTo("both ends above the line", (text) => {
      return isWhole(text) && text.split("downloaded successfully").length === 3;
    }, 20_000);
    assertEquals(text.replaceAll("\n", "").split("> sch ").length, 2, text);
  });
}

Deno.test("Ctrl-Z sends hashing to the background, too", ON_TERMINAL, async () => {
  await using network = await RelayedNetwork.start();
  await using screen = await openWith(network, [], 0);
  const path = join(screen.folder, "big");
  await Deno.writeFile(path, new Uint8Array());
  await Deno.truncate(path, 2 ** 33);
  await screen.press("pub big", "Enter");
  await screen.shows(" %");
  await screen.press("C-z");
  await screen.shows("[1] pub big\n");
  await screen.press("cancel 1", "Enter");
  await screen.shows("[1] pub was interrupted\n>");
});

Deno.test("a shell that is stopped during a download leaves the terminal as it was", {
  ...ON_TERMINAL,
}, async () => {
  await using network = await RelayedNetwork.start({ bytesPerSecond: 1_000_000 });
  const pidPath = network.home.pathOf("pid");
  const client = [...network.programs.client, network.typedIndex].join(" ");
  const script = await network.home.write("run.sh", `echo $$ >${pidPath}\nexec ${client}\n`);
  await using screen = await openWith(network, ["film"], 30, { command: ["bash", script] });
  await screen.press("get film", "Enter");
  await screen.shows(" %");
  Deno.kill(Number(await Deno.readTextFile(pidPath)), "SIGTERM");
  await screen.shows("get was interrupted\nGoodbye!\n[130]$");
  await screen.press("stty -a", "Enter");
  const settings = await screen.shows("icanon");
  assert(/ icanon /.test(settings) && / echo /.test(settings), settings);
});

Deno.test("Ctrl-Z sends to the background what has asked before", ON_TERMINAL, async () => {
  await using network = await RelayedNetwork.start({ bytesPerSecond: 1_000_000 });
  await using screen = await openWith(network, ["film"], 30);
  await screen.press("get --match film", "Enter");
  await screen.shows("Get 1 file (31.5 MB): film? [y/N]");
  await screen.press("y", "Enter");
  await screen.comesTo("progress", (text) => /\d+ % {2}[\d.]+ MB of 31.5 MB/.test(text));
  await screen.press("C-z");
  await screen.shows("[1] get --match film\n");
  await screen.press("cancel 1", "Enter");
  await screen.shows("[1] Stopped: interrupted\n>");
});

Deno.test("a job in the background does not ask", ON_TERMINAL, async () => {
  await using network = await RelayedNetwork.start({ bytesPerSecond: 1_000_000 });
  await using screen = await openWith(network, ["film"], 1);
  await screen.press("get --match film &", "Enter");
  const refusal = '[1] Cannot read the command line: "film" finds 1 file (1.0 MB): film: add --yes';
  await screen.comesTo("a reason", (text) => text.replaceAll("\n", "").includes(refusal));
  await screen.press("lap", "Enter");
  await screen.shows("1 active peer:");
});
