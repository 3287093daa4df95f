/**
 * Files are hashed once, and again as soon as anything shows that they may have changed.
 *
 * @module
 */

import { assert, assertNotEquals, assertStringIncludes } from "@std/assert";
import { writeBigFile } from "../support/big_file.ts";
import { Network } from "../support/network.ts";
import { canRun } from "../support/permission.ts";
import type { Program } from "../support/program.ts";
import { Screen } from "../support/screen.ts";
import { waitFor } from "../support/wait_for.ts";

const WITH_TOUCH = { ignore: Deno.build.os === "windows" || !await canRun("true") };
const ON_TERMINAL = { ignore: !await canRun("tmux", "-V") };
/** Where the system tells how much a process has read. */
const COUNTED = { ignore: Deno.build.os !== "linux" || !await canRun("true") };
/** More than a program reads to start. */
const FILE_MIB = 128;
/** Takes seconds to hash and no room: nothing was ever written to it. */
const EMPTY_BYTES = 8 * 1_024 ** 3;

/** The id that others are told of the file `big`. */
async function idOfBig(network: Network): Promise<string> {
  const { stdout } = await network.once("vader", "sch", "big", "--json");
  return JSON.parse(stdout).details[0].id;
}

/** How many MiB `program` has read so far. */
async function mebibytesReadBy({ pid }: Program): Promise<number> {
  const { stdout } = await new Deno.Command("cat", { args: [`/proc/${pid}/io`] }).output();
  const [, bytes] = /rchar: (\d+)/.exec(new TextDecoder().decode(stdout))!;
  return Number(bytes) / 1_048_576;
}

/** Replaces what is in the file, but neither its size nor its time, to the nanosecond. */
async function replaceUnseen(path: string): Promise<void> {
  const { ctime } = await Deno.stat(path);
  // Deno tells the time of the change in whole seconds.
  await waitFor("another second", () => Date.now() - ctime!.getTime() > 1_000);
  const touch = (...args: string[]) => new Deno.Command("touch", { args }).output();
  await touch("-r", path, `${path}.time`);
  using file = await Deno.open(path, { write: true });
  await file.write(new TextEncoder().encode("something else"));
  await touch("-r", `${path}.time`, path);
}

Deno.test("a file is hashed once", COUNTED, async () => {
  await using network = await Network.start();
  const hans = await network.join("hans");
  await writeBigFile(`${hans.folder}/big`, FILE_MIB);
  await hans.shell.ask("pub big", "File published successfully\n");
  const before = await mebibytesReadBy(hans.shell);
  assert(before > FILE_MIB);
  await hans.shell.ask("pub big", "File published successfully\n");
  assert(await mebibytesReadBy(hans.shell) < before + 1, "published again");
  await hans.shell.type("xit");
  await hans.shell.ends();
  const again = await network.rejoin("hans");
  await again.shell.warns("Serving again: big");
  await again.shell.ask("pub big", "File published successfully\n");
  assert(await mebibytesReadBy(again.shell) < FILE_MIB, "after a restart");
});

Deno.test("a file that was rewritten is hashed again, whatever its time", WITH_TOUCH, async () => {
  await using network = await Network.start();
  const hans = await network.join("hans");
  const path = `${hans.folder}/big`;
  await Deno.writeTextFile(path, "something old, or so");
  await hans.shell.ask("pub big", "File published successfully\n");
  const ids = [await idOfBig(network)];
  await replaceUnseen(path);
  await hans.shell.ask("pub big", "File published successfully\n");
  ids.push(await idOfBig(network));
  assertNotEquals(ids[1], ids[0], "published again");
  await hans.shell.type("xit");
  await hans.shell.ends();

  await Deno.writeTextFile(path, "something old again!");
  await network.rejoin("hans");
  await waitFor("the new publication", async () => await idOfBig(network) !== ids[1]);
});

Deno.test("on a terminal hashing shows how far it is", ON_TERMINAL, async () => {
  await using network = await Network.start();
  await using screen = await Screen.open(network);
  await screen.logIn();
  const path = network.home.pathOf("hans/big");
  await Deno.writeFile(path, new Uint8Array());
  await Deno.truncate(path, EMPTY_BYTES);
  await screen.press("pub big", "Enter");
  assertStringIncludes(await screen.shows(" % "), "of 8.6 GB");
  await screen.press("C-c");
  await screen.shows("pub was interrupted\n>");
});
