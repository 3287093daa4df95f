/**
 * Scripts that run commands in the background.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { PIECE_BYTES } from "../../lib/protocol/limits.ts";
import { someBytes } from "../support/bytes.ts";
import { MAY_RUN } from "../support/permission.ts";
import { RelayedNetwork } from "../support/relayed_network.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };

/** A network in which vader publishes two files. */
async function startWithFiles(): Promise<RelayedNetwork> {
  const network = await RelayedNetwork.start({ bytesPerSecond: 4_000_000 });
  const vader = await network.join("vader");
  for (const name of ["one", "two"]) {
    await Deno.writeFile(join(vader.folder, name), someBytes(3 * PIECE_BYTES + name.length));
    await vader.shell.ask(`pub ${name}`, "File published successfully\n");
  }
  return network;
}

Deno.test("a script ends when its jobs have, with the code of the first bad line", {
  ...AS_PROCESSES,
}, async () => {
  await using network = await startWithFiles();
  const { shell, folder } = await network.begin("hans");
  const ended = await shell.finish("get one &", "get none &", "get two &", "pub no-such-file");
  assertEquals(ended.code, 3);
  for (const [i, name] of ["one", "two"].entries()) {
    assert(ended.stdout.includes(`[${2 * i + 1}] ${name} downloaded successfully\n`));
    assertEquals(await Deno.readFile(join(folder, name)), someBytes(3 * PIECE_BYTES + 3));
  }
  assert(ended.stdout.endsWith("Goodbye!\n"));
});

Deno.test("in JSON every object of a job says which one", AS_PROCESSES, async () => {
  await using network = await startWithFiles();
  const { shell } = await network.begin("hans", "--json");
  const ended = await shell.finish("get one &", "get two &", "wait", "jobs", "cancel 1", "xit");
  assertEquals(ended.code, 3);
  const objects = ended.stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  const begun = objects.filter(({ type }) => type === "job");
  assertEquals(begun.map(({ job, state, command }) => [job, state, command]), [
    [1, "running", "get one"],
    [2, "running", "get two"],
  ]);
  const progress = objects.filter(({ type }) => type === "progress");
  assertEquals(
    new Set(progress.map(({ job, name }) => `${job} ${name}`)),
    new Set(["1 one", "2 two"]),
  );
  const results = objects.filter(({ type, verb }) => type === "result" && verb === "get");
  assertEquals(results.map(({ job, name }) => `${job} ${name}`).sort(), ["1 one", "2 two"]);
  const [wait, jobs, cancel] = objects.slice(objects.findIndex(({ verb }) => verb === "wait"));
  const done = { state: "done", exit_code: 0 };
  const all = [{ job: 1, command: "get one", ...done }, { job: 2, command: "get two", ...done }];
  assertEquals([wait.jobs, jobs.jobs], [all, all]);
  assertEquals([cancel.type, cancel.code], ["error", "not_found"]);
});

Deno.test("a script that is stopped stops its jobs", AS_PROCESSES, async () => {
  await using network = await startWithFiles();
  const { shell, folder } = await network.begin("hans");
  await shell.type("get one &");
  await shell.warns("[1] get one");
  await network.at(PIECE_BYTES, () => shell.kill("SIGTERM"));
  assertEquals(await shell.ends(), 130);
  assert(shell.stderr.includes("[1] get was interrupted"), shell.stderr);
  const left = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  assert(!left.includes("one"), left.join());
});

Deno.test("jobs are for the shell, and quick commands no jobs", AS_PROCESSES, async () => {
  await using network = await startWithFiles();
  const once = await network.once("hans", "jobs");
  assertEquals(once.code, 2);
  assert(once.stderr.includes("are for the shell"));
  const { shell } = await network.begin("hans");
  const ended = await shell.finish("lap &");
  assertEquals(ended.code, 2);
  assert(ended.stderr.includes("lap does not run in the background; get, pub, unp do"));
});
