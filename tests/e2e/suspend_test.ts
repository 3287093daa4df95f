/**
 * Ctrl-Z and `fg`, with a real shell that has the client for a job.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { PIECE_BYTES } from "../../lib/protocol/limits.ts";
import { beginUpload, BIG } from "../support/begun_upload.ts";
import { someBytes } from "../support/bytes.ts";
import type { Clients } from "../support/clients.ts";
import { Network } from "../support/network.ts";
import { canRun } from "../support/permission.ts";
import { readAll } from "../support/plain_tcp.ts";
import { RelayedNetwork } from "../support/relayed_network.ts";
import { HAS_TERMINAL, Screen } from "../support/screen.ts";
import { suspendAndResume } from "../support/suspend.ts";
import { typedIndex } from "../support/host.ts";

const ON_TERMINAL = { ignore: !HAS_TERMINAL };
const CONFIG = fromFileUrl(new URL("../../deno.json", import.meta.url));
const NPX = ["npx", "--offline", "-y", `deno@${Deno.version.deno}`];
const WITH_NPX = { ignore: !HAS_TERMINAL || !await canRun(NPX[0]!, ...NPX.slice(1), "--version") };

/** The client as people start it who have Node.js. */
function clientByNpx({ home, port }: Clients, ...args: string[]): string[] {
  const task = [...NPX, "task", "--quiet", "--config", CONFIG, "client"];
  return [...task, typedIndex(port), "--dir", home.pathOf("hans"), ...args];
}

Deno.test("Ctrl-Z at the prompt gives the shell back, and fg the line", ON_TERMINAL, async () => {
  await using network = await Network.start();
  await using screen = await Screen.open(network);
  await screen.logIn();
  await suspendAndResume(screen);
});

Deno.test("so they do with npx and a task between shell and client", WITH_NPX, async () => {
  await using network = await Network.start();
  await using screen = await Screen.open(network, { command: clientByNpx(network) });
  await screen.logIn();
  await suspendAndResume(screen);
});

Deno.test("a command by npx goes on after fg, and ends in order by Ctrl-C", WITH_NPX, async () => {
  await using network = await RelayedNetwork.start({ bytesPerSecond: 2_000_000 });
  const vader = await network.join("vader");
  await Deno.writeFile(join(vader.folder, "film"), someBytes(20_000_000));
  await vader.shell.ask("pub film", "File published successfully\n");
  const command = clientByNpx(network, "get", "film", "--user", "hans");
  const settings = "BITTRICKLE_PASSWORD=pw-hans";
  await using screen = await Screen.open(network, { command, settings });
  await screen.shows(" %", 30_000);
  await screen.press("C-z");
  await screen.shows("[148]$");
  await screen.press("clear", "Enter");
  await screen.comesTo("an empty screen", (text) => !text.includes("Stopped"));
  await screen.press("fg", "Enter");
  await screen.shows(" %");
  await screen.press("C-c");
  await screen.shows("[130]$");
  assert((await screen.text()).includes("get was interrupted"));
});

Deno.test("Ctrl-C in a client by npx lets an upload finish", WITH_NPX, async () => {
  await using network = await Network.start();
  await using screen = await Screen.open(network, { command: clientByNpx(network) });
  await Deno.writeFile(join(screen.folder, "film"), someBytes(BIG));
  await screen.logIn();
  await screen.press("pub film", "Enter");
  await screen.shows("File published");
  const socket = await beginUpload(network.port, "film");
  await screen.interruptUntil("Ctrl-C again to leave");
  await screen.interruptUntil("Waiting 5 s at most for 1 running upload");
  assertEquals((await readAll(socket)).length, BIG - 1);
  const text = await screen.shows("[130]$");
  assert(text.includes("Goodbye!") && !text.includes("Cut off"));
});

Deno.test("a password is hidden after Ctrl-Z and fg as before", ON_TERMINAL, async () => {
  await using network = await Network.start();
  await using screen = await Screen.open(network);
  await screen.shows("Enter username:");
  await screen.press("hans", "Enter");
  await screen.shows("Enter password:");
  await screen.press("C-z");
  await screen.shows("[148]$");
  await screen.press("clear", "Enter");
  await screen.comesTo("an empty screen", (text) => !text.includes("Stopped"));
  await screen.press("fg", "Enter");
  await screen.shows("Enter password:");
  await screen.press("pw-hans", "Enter");
  const text = await screen.shows("Welcome to BitTrickle!");
  assert(!text.includes("pw-hans"));
});

Deno.test("a download in the background goes on after Ctrl-Z and fg", ON_TERMINAL, async () => {
  await using network = await RelayedNetwork.start();
  const content = someBytes(8 * PIECE_BYTES);
  const vader = await network.join("vader");
  await Deno.writeFile(join(vader.folder, "film"), content);
  await vader.shell.ask("pub film", "File published successfully\n");
  await using screen = await Screen.open(network);
  await screen.logIn();
  await screen.press("get film", "Enter");
  await network.at(4 * PIECE_BYTES, async () => {
    await screen.press("C-z");
    await screen.shows("[1] get film\n");
    await screen.comesTo("a prompt", (text) => text.trimEnd().endsWith("\n>"));
    await screen.press("C-z");
    await screen.shows("[148]$");
    await screen.press("echo echo''ed", "Enter");
    await screen.shows("echoed\n");
    await screen.press("fg", "Enter");
  });
  await screen.shows("[1] film downloaded successfully\n>");
  assertEquals(await Deno.readFile(join(screen.folder, "film")), content);
  await screen.press("xit", "Enter");
  await screen.shows("Goodbye!\n[0]$");
});
