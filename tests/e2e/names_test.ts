/**
 * Names that look like flags, and names that look like others.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };

/** What a hostile user may call files. */
const NAMES = ["-x.txt", "--force", "--as", "--json", "--share", "--"];

/** The line of a shell, or the arguments of a command, in which these are names. */
function line(verb: string, names: readonly string[]): string[] {
  return [verb, "--", ...names];
}

Deno.test("after -- nothing is a flag, whatever it is called", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const hans = await network.join("hans");
  const vader = await network.join("vader");
  for (const name of NAMES) await Deno.writeTextFile(`${hans.folder}/${name}`, name);
  await hans.shell.ask(line("pub", NAMES.slice(0, 3)).join(" "), "published successfully\n");
  await hans.shell.ask(line("pub", NAMES.slice(3)).join(" "), "published successfully\n");
  await hans.shell.ask("lpf", "6 files published:\n");
  await vader.shell.ask(line("get", NAMES.slice(0, 2)).join(" "), "-x.txt downloaded");
  await vader.shell.ask('get -- "--as"', "--as downloaded successfully\n");
  const yoda = await network.once("yoda", ...line("get", NAMES));
  assertEquals([yoda.code, yoda.stdout.split("\n").length], [0, NAMES.length + 1]);
  for (const name of NAMES) {
    assertEquals(await Deno.readTextFile(network.home.pathOf(`yoda/${name}`)), name);
    const found = await network.once("yoda", ...line("sch", [name]));
    assertStringIncludes(found.stdout, `\n${name}\n`);
  }
  assertEquals((await network.once("yoda", ...line("lpf", ["--user"]))).code, 0);
  await hans.shell.ask(line("unp", NAMES).join(" "), "unpublished successfully\n");
  await hans.shell.ask("lpf", "No files published\n");
});

Deno.test("a file called --force replaces nothing", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const hans = await network.join("hans");
  for (const name of ["--force", "a.txt"]) {
    await Deno.writeTextFile(`${hans.folder}/${name}`, "his");
  }
  await hans.shell.ask("pub a.txt -- --force", "published successfully\n");
  const vader = await network.join("vader");
  await Deno.writeTextFile(`${vader.folder}/a.txt`, "mine");
  await vader.shell.type("get -- a.txt --force");
  await vader.shell.shows("--force downloaded successfully\n");
  assertStringIncludes(vader.shell.stdout, "a file of that name is already in the folder");
  assertEquals(await Deno.readTextFile(`${vader.folder}/a.txt`), "mine");
  await Deno.mkdir(network.home.pathOf("yoda"));
  await Deno.writeTextFile(network.home.pathOf("yoda/a.txt"), "mine");
  assertEquals((await network.once("yoda", "get", "--", "a.txt", "--force")).code, 9);
  assertEquals(await Deno.readTextFile(network.home.pathOf("yoda/a.txt")), "mine");
});

Deno.test("flags without -- are told apart from names", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const hans = await network.join("hans");
  const cases: [line: string, message: string][] = [
    ["get -x.txt", '"-x.txt" is not a flag; what begins with - is written after --'],
    ["pub a --force", "pub takes no --force; a name that begins with - is written after --"],
    ["sch --user", '"--user" is for the whole client'],
  ];
  for (const [line, message] of cases) {
    await hans.shell.type(line);
    await hans.shell.warns(message);
    const { code, stderr } = await network.once("vader", ...line.split(" "));
    assertEquals(code, 2);
    if (line !== "sch --user") assertStringIncludes(stderr, message);
  }
});

Deno.test("decomposed letters find what is published composed", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const hans = await network.join("hans");
  const [composed, decomposed] = ["m\u00fcsli", "mu\u0308sli"];
  for (const name of ["a", "b"]) {
    await Deno.writeTextFile(`${hans.folder}/${composed}-${name}`, name);
  }
  await hans.shell.ask(`pub ${decomposed}-a ${composed}-b`, "published successfully\n");
  const found = await network.once("vader", "sch", decomposed);
  assertEquals(found.stdout, `2 files found:\n${composed}-a\n${composed}-b\n`);
  const { code } = await network.once("vader", "get", `${decomposed}-a`, "--as", `${decomposed}-c`);
  assertEquals(code, 0);
  assertEquals(await Deno.readTextFile(network.home.pathOf(`vader/${composed}-c`)), "a");
  const yoda = await network.join("yoda");
  await yoda.shell.ask(`sch ${decomposed}`, "2 files found:\n");
  await yoda.shell.ask(`get ${decomposed}-b`, "downloaded successfully\n");
  await hans.shell.ask(`unp ${decomposed}-a`, "File unpublished successfully\n");
});
