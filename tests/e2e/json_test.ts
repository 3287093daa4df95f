/**
 * `--json` as programs use it: line by line, in pipes, and stopped in the middle.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { MIB, publishBigFile, writeBigFile } from "../support/big_file.ts";
import { jsonLines, type JsonObject, lastObject } from "../support/json_lines.ts";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { Program } from "../support/program.ts";
import { waitFor } from "../support/wait_for.ts";

const AS_PROCESSES = { ignore: !MAY_RUN || Deno.build.os === "windows" };
const SIZE_MIB = 4;
/** With this the download takes some seconds. */
const SLOWLY = ["--limit-down", "1500k"];

/** A network in which hans serves `big`. */
async function withBigFile(): Promise<Network> {
  const network = await Network.start();
  await publishBigFile(await network.join("hans"), SIZE_MIB);
  return network;
}

/** Starts `script` in a shell, in which `$client` is a client of vader. */
function inShell(network: Network, script: string): Program {
  const { client } = network.programs;
  const state = { XDG_STATE_HOME: network.home.pathOf("state") };
  const env = { BITTRICKLE_PASSWORD: "pw-vader", ...state };
  const vader = [...client, network.typedIndex, "--user", "vader"].join(" ");
  return new Program(["sh", "-c", script.replaceAll("$client", vader)], {
    cwd: network.home.path,
    env,
  });
}

function typesIn(text: string): string[] {
  return jsonLines(text).map(({ type }) => type);
}

Deno.test(
  "get --json without input tells its progress, and at last the result",
  AS_PROCESSES,
  async () => {
    await using network = await withBigFile();
    const command = `exec $client get big --json ${SLOWLY.join(" ")} </dev/null`;
    await using program = inShell(network, command);
    const started = performance.now();
    const code = await program.ends();
    const seconds = (performance.now() - started) / 1_000;
    const objects = jsonLines(program.stdout);
    const result = objects.pop()!;
    const { type, verb, name, bytes, from } = result;
    assertEquals([code, program.stderr], [0, ""]);
    assertEquals([type, verb, name, bytes, from], ["result", "get", "big", SIZE_MIB * MIB, [
      "hans",
    ]]);
    assertProgress(objects, seconds);
  },
);

/** `objects` tell of a download that took no more than `seconds`. */
function assertProgress(objects: readonly JsonObject[], seconds: number): void {
  const total = SIZE_MIB * MIB;
  for (const { type, verb, name, total: all } of objects) {
    assertEquals([type, verb, name, all], ["progress", "get", "big", total]);
  }
  assert(objects.length >= 3 && objects.length <= seconds + 2, `${objects.length} in ${seconds} s`);
  assertEquals([objects[0]!["bytes"] < total, objects.at(-1)!["bytes"]], [true, total]);
  assert(objects.some(({ rate, sources }) => rate > 100_000 && sources === 1));
  const times = objects.map(({ time }) => Date.parse(time));
  assertEquals(times, times.toSorted());
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`${signal} leaves an error as the last object, and 130`, AS_PROCESSES, async () => {
    await using network = await withBigFile();
    const { shell } = await network.begin("vader", "get", "big", "--json", ...SLOWLY);
    await shell.shows('"type":"progress"');
    shell.kill(signal);
    const code = await shell.ends();
    const { type, code: kind, verb } = lastObject(shell.stdout);
    assertEquals([code, type, kind, verb], [130, "error", "interrupted", "get"]);
    assertEquals([shell.stdout.endsWith("\n"), shell.stderr], [true, ""]);
  });
}

Deno.test(
  "a shell that is stopped says so last, and one that ends does not",
  AS_PROCESSES,
  async () => {
    await using network = await Network.start();
    const hans = await network.begin("hans", "--json");
    await hans.shell.ask("lap", '"verb":"lap"');
    hans.shell.kill("SIGTERM");
    assertEquals(await hans.shell.ends(), 130);
    assertEquals(typesIn(hans.shell.stdout), ["result", "error"]);
    assertEquals(lastObject(hans.shell.stdout)["code"], "interrupted");
    const vader = await network.begin("vader", "--json");
    assertEquals((await vader.shell.finish("lap")).code, 0);
    assertEquals(typesIn(vader.shell.stdout), ["result"]);
  },
);

Deno.test(
  "a client that is stopped before it is logged in says so, too",
  AS_PROCESSES,
  async () => {
    await using network = await Network.start();
    network.server.kill("SIGSTOP");
    const { shell } = await network.begin("hans", "lap", "--json");
    await waitFor("its start", () => network.home.names().then((names) => names.includes("state")));
    shell.kill("SIGTERM");
    assertEquals(await shell.ends(), 130);
    assertEquals(lastObject(shell.stdout)["code"], "interrupted");
    network.server.kill("SIGCONT");
  },
);

Deno.test("a reader that leaves ends a command quietly, with 141", AS_PROCESSES, async () => {
  await using network = await withBigFile();
  const get = `$client get big --json ${SLOWLY.join(" ")} </dev/null`;
  await using program = inShell(network, `{ ${get}; echo "code $?" >&2; } | head -1`);
  assertEquals([await program.ends(), program.stderr], [0, "code 141\n"]);
  assertEquals(typesIn(program.stdout), ["progress"]);
  assertEquals((await network.home.names()).includes("big"), false, "it did not go on");
});

Deno.test("a reader that leaves ends a shell as well", AS_PROCESSES, async () => {
  await using network = await Network.start();
  for (const flag of ["", "--json"]) {
    const lines = "i=0; while [ $i -lt 100 ]; do echo lpf; i=$((i+1)); sleep 0.05; done";
    const shell = `{ $client --quiet ${flag}; echo "code $?" >&2; } | head -1`;
    await using program = inShell(network, `(${lines}) 2>/dev/null | ${shell}`);
    assertEquals([await program.ends(), program.stderr], [0, "code 141\n"]);
  }
});

Deno.test("only a shell tells what it serves again", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const { folder } = await network.join("hans");
  for (const name of ["kept", "lost"]) await Deno.writeTextFile(`${folder}/${name}`, name);
  assertEquals((await network.once("hans", "pub", "kept", "lost")).code, 0);
  await Deno.remove(`${folder}/lost`);
  const once = await network.once("hans", "lpf", "--json");
  assertEquals([typesIn(once.stdout), once.stderr], [["result"], ""]);
  const { shell } = await network.begin("hans", "--json");
  await shell.shows('"type":"restored"');
  const [{ v: _, ...restored } = {}] = jsonLines(shell.stdout);
  assertEquals(restored, {
    type: "restored",
    served: 1,
    missing: ["lost"],
    missing_count: 1,
    elsewhere: [],
    elsewhere_count: 0,
    withdrawn: [],
    withdrawn_count: 0,
  });
});

Deno.test("pub tells how much of a file it has read", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const folder = await network.home.makeFolder("hans");
  await writeBigFile(`${folder}/big`, SIZE_MIB);
  const { code, stdout } = await network.once("hans", "pub", "big", "--json");
  const progress = jsonLines(stdout).filter(({ type }) => type === "progress");
  const { verb, name, bytes, sources } = progress.at(-1)!;
  assertEquals([code, verb, name, bytes, sources], [0, "pub", "big", SIZE_MIB * MIB, undefined]);
});

Deno.test("--quiet leaves nothing on standard error but errors", AS_PROCESSES, async () => {
  await using network = await withBigFile();
  const good = await network.client("vader", ["--quiet"]);
  const lines = ["vader", "pw-vader", "lap", "get big", "xit"];
  assertEquals([(await good.shell.finish(...lines)).code, good.shell.stderr], [0, ""]);
  const bad = await network.once("vader", "get", "../x", "--quiet");
  assertEquals([bad.code, bad.stderr.split("\n").length], [2, 2], bad.stderr);
  const json = await network.once("yoda", "get", "big", "--quiet", "--json");
  assertEquals([json.code, typesIn(json.stdout)], [0, ["result"]]);
});
