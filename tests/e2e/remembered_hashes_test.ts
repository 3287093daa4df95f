/**
 * Files are hashed once. To show that one is not read again, its content is replaced behind the
 * client's back by another of the same size and time: whoever read it would find another id.
 *
 * @module
 */

import { assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { writeBigFile } from "../support/big_file.ts";
import { Network } from "../support/network.ts";
import { canRun } from "../support/permission.ts";
import { Screen } from "../support/screen.ts";

const WITH_TOUCH = { ignore: Deno.build.os === "windows" || !await canRun("true") };
const ON_TERMINAL = { ignore: !await canRun("tmux", "-V") };
const FILE_MIB = 16;
/** Takes seconds to hash and no room: nothing was ever written to it. */
const EMPTY_BYTES = 8 * 1_024 ** 3;

/** The id that others are told of the file `big`. */
async function idOfBig(network: Network): Promise<string> {
  const { stdout } = await network.once("vader", "sch", "big", "--json");
  return JSON.parse(stdout).details[0].id;
}

/** Replaces what is in the file, but neither its size nor its time, to the nanosecond. */
async function replaceUnseen(path: string): Promise<void> {
  const touch = (...args: string[]) => new Deno.Command("touch", { args }).output();
  await touch("-r", path, `${path}.time`);
  using file = await Deno.open(path, { write: true });
  await file.write(new TextEncoder().encode("something else"));
  await touch("-r", `${path}.time`, path);
}

Deno.test("a file is hashed once, whatever is done with it", WITH_TOUCH, async () => {
  await using network = await Network.start();
  const hans = await network.join("hans");
  const path = `${hans.folder}/big`;
  await writeBigFile(path, FILE_MIB);
  await hans.shell.ask("pub big", "File published successfully\n");
  const id = await idOfBig(network);
  await replaceUnseen(path);

  await hans.shell.ask("pub big", "File published successfully\n");
  assertEquals(await idOfBig(network), id, "published again");
  await hans.shell.type("xit");
  await hans.shell.ends();
  const again = await network.rejoin("hans");
  assertStringIncludes(again.shell.stderr, "Serving again: big");
  assertEquals(await idOfBig(network), id, "after a restart");

  await Deno.utime(path, new Date(), new Date());
  await again.shell.ask("pub big", "File published successfully\n");
  assertNotEquals(await idOfBig(network), id, "when the time shows that it has changed");
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
  await screen.shows("exit code 130");
});
