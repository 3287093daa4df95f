/**
 * Notices that come while somebody types on a real terminal.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { PIECE_BYTES } from "../../lib/protocol/limits.ts";
import { someBytes } from "../support/bytes.ts";
import type { Clients, ShellUser } from "../support/clients.ts";
import { Network } from "../support/network.ts";
import { RelayedNetwork } from "../support/relayed_network.ts";
import { HAS_TERMINAL, rowsOf, Screen, type ScreenOptions } from "../support/screen.ts";

const ON_TERMINAL = { ignore: !HAS_TERMINAL };
const NOTICE = '"note" has changed since it was published: published as it is now';

/** A terminal on which hans has published a file called `note`. */
async function openPublisher(network: Clients, options: ScreenOptions): Promise<Screen> {
  const screen = await Screen.open(network, options);
  await Deno.writeTextFile(join(screen.folder, "note"), "first");
  await screen.logIn();
  await screen.press("pub note", "Enter");
  await screen.shows("File published");
  return screen;
}

/** Makes the client of hans say that his file has changed. */
async function provokeNotice(screen: Screen, { shell }: ShellUser): Promise<void> {
  await Deno.writeTextFile(join(screen.folder, "note"), `${crypto.randomUUID()} and more`);
  await shell.type("get note --force");
}

/** What the screen shows below the last notice, whatever rows it takes. */
function belowNotice(text: string): string {
  const all = text.replaceAll("\n", "");
  return all.slice(all.lastIndexOf(NOTICE) + NOTICE.length).trimEnd();
}

const LINES: Readonly<Record<string, string>> = {
  "a line": "get one-file two-files",
  "a line of several rows": "get " + "a-rather-long-name-of-a-file ".repeat(5) + "the-last",
  "a line of wide characters": "get " + "長い名前の映画 ".repeat(9) + "🎬🎬🎬.mkv",
};

for (const columns of [20, 40, 80]) {
  for (const [kind, line] of Object.entries(LINES)) {
    Deno.test(`notices leave ${kind} as it is in ${columns} columns`, ON_TERMINAL, async () => {
      await using network = await Network.start();
      await using screen = await openPublisher(network, { columns });
      const [vader, yoda] = [await network.join("vader"), await network.join("yoda")];
      await screen.press(line);
      await screen.comesTo("the line", (text) => text.replaceAll("\n", "").includes(line));
      const isNotice = (text: string) => belowNotice(text) === `> ${line}`;
      await provokeNotice(screen, vader);
      await screen.comesTo("the line below the notice", isNotice);
      await screen.press("Left", "Left", "Left", "Left", "Left");
      await provokeNotice(screen, yoda);
      await screen.comesTo("the line below the other notice", (text) => {
        return isNotice(text) && text.replaceAll("\n", "").split(NOTICE).length === 3;
      });
      await screen.press("X");
      const typed = [..."> ", ...line].toSpliced(-5, 0, "X").join("");
      const text = await screen.comesTo("X", (text) => belowNotice(text) === typed);
      assertEquals(text.replaceAll("\n", "").split("> get ").length, 2);
    });
  }
}

Deno.test("a notice stands above the progress of a download", ON_TERMINAL, async () => {
  await using network = await RelayedNetwork.start({ bytesPerSecond: 4_000_000 });
  await using screen = await openPublisher(network, {});
  const [vader, yoda] = [await network.join("vader"), await network.join("yoda")];
  await Deno.writeFile(join(vader.folder, "film"), someBytes(60 * PIECE_BYTES));
  await vader.shell.ask("pub film", "File published successfully\n");
  await screen.press("get film", "Enter");
  await screen.shows(" %");
  await provokeNotice(screen, yoda);
  await screen.comesTo("the progress below the notice", (text) => {
    return /^get film .*\d %/.test(belowNotice(text));
  });
  await screen.press("C-c");
  const rows = rowsOf(await screen.shows("get was interrupted\n>"));
  const end = ["get was interrupted", ">"];
  assertEquals(rows.slice(rows.indexOf("> get film")), ["> get film", NOTICE, ...end]);
});

Deno.test("a line is right after the terminal was resized", ON_TERMINAL, async () => {
  await using network = await Network.start();
  for (const line of Object.values(LINES)) {
    await using screen = await Screen.open(network);
    await screen.logIn();
    await screen.press(line, "Left", "Left", "Left", "Left", "Left");
    for (const columns of [40, 23, 100]) await screen.resize(columns);
    await screen.press("X");
    const typed = [..."> ", ...line].toSpliced(-5, 0, "X").join("");
    const text = await screen.comesTo("X", (text) => {
      return text.replaceAll("\n", "").trimEnd().endsWith(typed);
    });
    assertEquals(text.split("> get ").length, 2);
    await screen.press("C-c");
    await screen.comesTo("a prompt", (text) => /\^C.*\n>\s*$/.test(text));
  }
});
