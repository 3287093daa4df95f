/**
 * `cat`: a file to a pipe, as other programs read it.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { someBytes } from "../support/bytes.ts";
import { MIB, writeBigFile } from "../support/big_file.ts";
import { Network } from "../support/network.ts";
import { HAS_TERMINAL, Screen } from "../support/screen.ts";
import { MAY_RUN } from "../support/permission.ts";
import { Program } from "../support/program.ts";
import { systemCommand } from "../support/system_command.ts";
import { waitFor } from "../support/wait_for.ts";

const IN_PIPES = { ignore: !MAY_RUN || Deno.build.os === "windows" };
const ON_LINUX = { ignore: !MAY_RUN || Deno.build.os !== "linux" };
const ENV = { BITTRICKLE_PASSWORD: "pw-vader" };

/** An index, and hans, who has published `file`, which `write` makes. */
async function networkWith(file: string, write: (path: string) => Promise<unknown>) {
  const network = await Network.start();
  const hans = await network.join("hans");
  await write(`${hans.folder}/${file}`);
  await hans.shell.ask(`pub ${file}`, "File published successfully\n");
  return network;
}

/** Runs a line of a shell, in which `cat` is that of vader, in a folder of its own. */
async function bash(network: Network, line: string): Promise<Program> {
  const cwd = network.home.pathOf("vader");
  await Deno.mkdir(cwd, { recursive: true });
  const client = [...network.programs.client, network.typedIndex, "--user", "vader", "cat"];
  const define = `cat() { ${client.map((word) => `'${word}'`).join(" ")} "$@"; }`;
  const env = { XDG_STATE_HOME: network.home.pathOf("state"), ...ENV };
  return new Program(["bash", "-c", `set -o pipefail; ${define}; ${line}`], { cwd, env });
}

/** The process that the shell's function with the process id `pid` runs. */
async function childOf(pid: string): Promise<string> {
  let child = "";
  await waitFor("its process", async () => {
    child = (await systemCommand("pgrep", "-P", pid).catch(() => "")).trim();
    return child !== "";
  });
  return child;
}

/** The number after `key` in a file of the system. */
async function numberIn(path: string, key: string): Promise<number> {
  return Number(/[0-9]+/.exec(await systemCommand("grep", `^${key}:`, path))![0]);
}

Deno.test("cat x | tar x unpacks a folder, and nothing else is left", IN_PIPES, async () => {
  await using network = await networkWith("lab.tar", async (path) => {
    await Deno.mkdir(`${path}.d/lab`, { recursive: true });
    await writeBigFile(`${path}.d/lab/big`, 24);
    await systemCommand("tar", "cf", path, "-C", `${path}.d`, "lab");
  });
  await using shell = await bash(network, "cat lab.tar | tar x");
  assertEquals([await shell.ends(), shell.stderr], [0, ""]);
  const unpacked = await Deno.readFile(network.home.pathOf("vader/lab/big"));
  assertEquals(unpacked, await Deno.readFile(network.home.pathOf("hans/lab.tar.d/lab/big")));
  assertEquals(await network.home.namesIn("vader"), ["lab"]);
});

Deno.test("cat x | head ends quietly, as a program that nobody reads", IN_PIPES, async () => {
  await using network = await networkWith("big", (path) => writeBigFile(path, 64));
  await using shell = await bash(network, "cat big | head -c 10 | wc -c; exit ${PIPESTATUS[0]}");
  assertEquals([await shell.ends(), shell.stderr], [141, ""]);
  assertEquals(shell.stdout.trim(), "10");
  assertEquals(await network.home.namesIn("vader"), []);
});

Deno.test("--range takes the bytes that HTTP takes", IN_PIPES, async () => {
  await using network = await networkWith(
    "a.txt",
    (path) => Deno.writeTextFile(path, "0123456789"),
  );
  const cases = { "2-4": "234", "7-": "789", "7-99": "789", "=-3": "789", "0-0": "0" };
  for (const [range, expected] of Object.entries(cases)) {
    const flag = range.startsWith("=") ? [`--range${range}`] : ["--range", range];
    const { code, stdout, stderr } = await network.once("vader", "cat", "a.txt", ...flag);
    assertEquals([code, stdout, stderr], [0, expected, ""]);
  }
  const none = await network.once("vader", "cat", "a.txt", "--range", "10-");
  assertEquals([none.code, none.stdout], [2, ""]);
  assertStringIncludes(none.stderr, '"a.txt" has 10 bytes, and none in that range\n');
});

Deno.test("what goes wrong is said on standard error", IN_PIPES, async () => {
  await using network = await networkWith("a.txt", (path) => Deno.writeTextFile(path, "one"));
  const cases: readonly (readonly [args: readonly string[], code: number, said: string])[] = [
    [["nothing"], 3, "File not found\n"],
    [["a.txt", "--json"], 2, ""],
    [["a.txt", "--as", "b"], 2, "cat takes no --as"],
    [["a.txt", "--range", "4-3"], 2, "--range takes the first and last byte"],
    [
      ["a.txt", "b.txt"],
      2,
      "cat takes one file: cat <file>; a name with spaces is put in quotes\n",
    ],
    [["/etc/passwd"], 2, "Cannot read"],
  ];
  for (const [args, code, said] of cases) {
    const ended = await network.once("vader", "cat", ...args);
    assertEquals([args, ended.code], [args, code]);
    assertStringIncludes(ended.stderr, said);
    if (!args.includes("--json")) assertEquals(ended.stdout, "");
    else assertStringIncludes(ended.stdout, "no JSON: use get");
  }
  const limit = await network.once("vader", "limit", "up", "5M");
  assertEquals(limit.code, 2);
  assertStringIncludes(limit.stderr, "--limit-up");
});

Deno.test("a reader that waits bounds the memory, and Ctrl-C ends it", ON_LINUX, async () => {
  await using network = await networkWith("big", (path) => writeBigFile(path, 256));
  await using shell = await bash(
    network,
    "mkfifo pipe; cat big > pipe & exec 3< pipe; echo $!; head -c 1 <&3 > /dev/null; echo begun; wait $!; echo ended $?",
  );
  await shell.shows("\n");
  const child = await childOf(shell.stdout.trim());
  await shell.shows("begun\n");
  const full = performance.now();
  await waitFor("time enough for all of it", () => performance.now() - full > 2_000);
  const peak = await numberIn(`/proc/${child}/status`, "VmHWM");
  assert(peak < 160_000, `${peak} kB`);
  Deno.kill(Number(child), "SIGINT");
  await shell.shows("ended 130\n");
  assertStringIncludes(shell.stderr, "cat was interrupted");
});

Deno.test("a terminal is shown text, and other content with --force", {
  ignore: !HAS_TERMINAL,
}, async () => {
  await using network = await Network.start();
  const vader = await network.join("vader");
  await Deno.writeTextFile(`${vader.folder}/a.txt`, "no end of line");
  await Deno.writeTextFile(`${vader.folder}/b.bin`, "\x1b]0;hidden\x07shown\n");
  await Deno.writeFile(`${vader.folder}/c.bin`, someBytes(MIB));
  for (const name of ["a.txt", "b.bin", "c.bin"]) {
    await vader.shell.ask(`pub ${name}`, "File published successfully\n");
  }
  await using screen = await Screen.open(network);
  await screen.logIn();
  await screen.press("cat a.txt", "Enter");
  await screen.shows("> cat a.txt\nno end of line\n>");
  for (const name of ["b.bin", "c.bin"]) {
    await screen.press(`cat ${name}`, "Enter");
    await screen.shows(`"${name}" is no text and could garble the terminal`);
  }
  await screen.press("cat b.bin --force", "Enter");
  await screen.shows("> cat b.bin --force\nshown\n>");
});
