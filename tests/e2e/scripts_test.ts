/**
 * The shell with its lines from a pipe.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import type { Ended, Program } from "../support/program.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };

/** Runs `lines` in a client that is started with `args` and `env`, to its end. */
async function script(
  network: Network,
  lines: readonly string[],
  { args = [], env = {} }: { args?: readonly string[]; env?: Record<string, string> } = {},
): Promise<Ended> {
  const { shell } = await network.client("script", args, env);
  return await shell.finish(lines.join("\n"));
}

Deno.test("a script ends with the code of its first failing line", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const cases: [lines: string[], code: number][] = [
    [["lap", "lpf", "xit"], 0],
    [["get none", "lap", "xit"], 3],
    [["lap", "pub ../x", "get none"], 2],
    [["unp none"], 3],
    [["frobnicate", "lap"], 2],
  ];
  for (const [lines, code] of cases) {
    const ended = await script(network, ["hans", "pw-hans", ...lines]);
    assertEquals([ended.code, ended.stdout.endsWith("Goodbye!\n")], [code, true], lines.join());
    if (lines.includes("lap")) assertStringIncludes(ended.stdout, "No active peers\n");
  }
});

Deno.test("a script that loses its index ends with 4, one that is stopped with 130", {
  ignore: !MAY_RUN,
}, async () => {
  await using network = await Network.start();
  const hans = await network.join("hans");
  await hans.shell.ask("get none", "File not found\n");
  hans.shell.kill("SIGINT");
  assertEquals(await hans.shell.ends(), 130);
  const vader = await network.join("vader", ["--patience", "1"]);
  await network.server[Symbol.asyncDispose]();
  await vader.shell.type("lap");
  await vader.shell.type("get none");
  assertEquals((await vader.shell.finish()).code, 4);
  assertStringIncludes(vader.shell.stderr, "No answer from the index");
});

Deno.test("what has no line feeds is no script", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const ended = await script(network, ["hans", "pw-hans", "lap", "x".repeat(70_000), "lpf"]);
  assertEquals(ended.code, 2);
  assertStringIncludes(
    ended.stderr,
    "Cannot read the input: line 4 of it is longer than 65536 characters\n",
  );
  assertStringIncludes(ended.stdout, "No active peers\nGoodbye!\n");
});

const WITH_PASSWORD = { BITTRICKLE_PASSWORD: "pw-hans" };

Deno.test("a password line is read, whatever the environment holds", AS_PROCESSES, async () => {
  await using network = await Network.start();
  for (const held of ["pw-hans", "pw-vader"]) {
    const env = { BITTRICKLE_PASSWORD: held };
    const ended = await script(network, ["hans", "pw-hans", "lpf", "xit"], { env });
    assertEquals([ended.code, shows(ended, "pw-")], [0, false]);
    assertStringIncludes(ended.stdout, "No files published\n");
  }
});

Deno.test("where no password is asked for, none is shown", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const args = ["--user", "hans"];
  const lines = ["hans", "pw-hans", "--pw-hans", "lpf", "xit"];
  const ended = await script(network, lines, { args, env: WITH_PASSWORD });
  assertEquals([ended.code, shows(ended, "pw-")], [2, false]);
  assertStringIncludes(ended.stdout, "No files published\n");
  assertStringIncludes(ended.stderr, "Line 2 of the input is not a command. Available");
});

Deno.test("a script must tell whose password it is", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const alone = await script(network, ["hans"], { env: WITH_PASSWORD });
  assertEquals(alone.code, 2);
  const reason = "BITTRICKLE_PASSWORD counts together with --user NAME";
  // Nobody is there to answer a prompt.
  assertEquals(alone.stderr, `The input ended before a user name and a password came; ${reason}\n`);
  const path = await network.home.write("password", "pw-hans\n");
  const args = ["--password-file", path];
  const file = await script(network, ["hans", "pw-hans", "lpf"], { args });
  assertEquals([file.code, shows(file, "pw-")], [2, false]);
  assertStringIncludes(file.stderr, "add --user NAME");
});

Deno.test("a password file of any editor lets its user in", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const path = await network.home.write("password", "\ufeffpw-hans\r\n");
  const args = ["--user", "hans", "--password-file", path];
  assertEquals((await script(network, ["lap"], { args })).code, 0);
  assertEquals((await script(network, ["\ufeffhans", "pw-hans", "lap"])).code, 0);
  assertEquals(
    (await script(network, ["\ufeffpw-hans", "lap"], { args: ["--user", "hans"] })).code,
    0,
  );
});

function shows({ stdout, stderr }: Pick<Program, "stdout" | "stderr">, text: string): boolean {
  assert(stdout !== "" || stderr !== "");
  return (stdout + stderr).includes(text);
}
