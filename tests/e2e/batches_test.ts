/**
 * Several things in one command: what comes of each is told, and the exit code is that of the whole.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { readTree, writeTree } from "../support/file_tree.ts";
import { lastObject } from "../support/json_lines.ts";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };
/** More than anybody would name one by one. */
const FILES = 25;
/** One request that is given up, and a program that starts and ends. */
const GONE_MS = 12_000;

Deno.test("all that fails of a tree is named, in words and in JSON", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const hans = await network.join("hans");
  await writeTree(`${hans.folder}/lab`, FILES, 100);
  await hans.shell.ask("pub lab", `${FILES} files published\n`);
  const mine = network.home.pathOf("vader/lab");
  await writeTree(mine, FILES, 50);
  const names = [...(await readTree(mine)).keys()].map((name) => `lab/${name}`);
  const all = await network.once("vader", "get", "lab/");
  assertEquals(all.code, 7);
  for (const name of names) assertStringIncludes(all.stdout, `"${name}": a file of that name`);
  await Deno.remove(`${mine}/${names[0]!.slice("lab/".length)}`);
  const some = await network.once("vader", "get", "lab/", "--json");
  const { code, failed, downloaded } = lastObject(some.stdout);
  assertEquals([some.code, code, failed.length, downloaded], [9, "partial", FILES - 1, [names[0]]]);
});

Deno.test(
  "a batch whose index is gone ends soon, and names what is left",
  AS_PROCESSES,
  async () => {
    await using network = await Network.start();
    const { shell, folder } = await network.join("hans");
    const names = Array.from({ length: FILES }, (_, i) => `${i}.txt`);
    for (const name of names) await Deno.writeTextFile(`${folder}/${name}`, name);
    await shell.ask("pub 0.txt", "File published successfully\n");
    network.server.kill("SIGSTOP");
    const began = performance.now();
    await shell.ask(`pub ${names.join(" ")}`, `"${names.at(-1)}": left out\n`);
    assert(performance.now() - began < GONE_MS);
    assertStringIncludes(shell.stdout, '"0.txt": No answer from the index at ');
    assertEquals((await shell.finish()).code, 4);
    network.server.kill("SIGCONT");
    const vader = await network.join("vader", ["--patience", "1"]);
    network.server.kill("SIGSTOP");
    await vader.shell.ask("get 0.txt 1.txt 2.txt", '"2.txt": left out\n');
    assertEquals((await vader.shell.finish()).code, 4);
  },
);

Deno.test("Ctrl-C ends a batch, which tells what was done", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const hans = await network.join("hans");
  await Deno.writeTextFile(`${hans.folder}/a.txt`, "a");
  await hans.shell.ask("pub a.txt", "File published successfully\n");
  const vader = await network.begin("vader", "get", "a.txt", "none", "b.txt", "--json");
  await network.server.shows('"verb":"get"');
  network.server.kill("SIGSTOP");
  vader.shell.kill("SIGINT");
  assertEquals(await vader.shell.ends(), 130);
  const { code, message, results } = lastObject(vader.shell.stdout);
  assertEquals([code, results.length], ["interrupted", 3]);
  assertStringIncludes(message, '"b.txt": left out');
});
