/**
 * Every exit code of the client, by what leads to it, and the `code` that programs are told with it.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { DatagramSocket } from "../../lib/net/datagrams.ts";
import { someBytes } from "../support/bytes.ts";
import { Clients } from "../support/clients.ts";
import { hashed } from "../support/hashed.ts";
import { HostileSource, onPieces } from "../support/hostile_source.ts";
import { lastObject } from "../support/json_lines.ts";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { type Ended, FROM_SOURCE, Program } from "../support/program.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { TestIndex } from "../support/test_index.ts";
import { ANY_PORT } from "../support/host.ts";

const AS_PROCESSES = { ignore: !MAY_RUN || Deno.build.os === "windows" };

/** Asserts how a client ended, by its exit code and by what it told programs last. */
function assertEnd({ code, stdout, stderr }: Ended, exitCode: number, kind?: string): void {
  const { type, code: told } = lastObject(stdout);
  const expected = kind === undefined ? ["result", undefined] : ["error", kind];
  assertEquals([code, type, told, stderr], [exitCode, ...expected, ""]);
}

/** A command of vader, in whose folder there is `mine`, and what it leads to. */
const CASES: readonly (readonly [code: number, kind: string | undefined, args: string[]])[] = [
  [0, undefined, ["lap"]],
  [0, undefined, ["get", "a.txt"]],
  [2, "usage", ["--nonsense"]],
  [2, "usage", ["get", "../x"]],
  [3, "not_found", ["get", "none"]],
  [7, "exists", ["get", "mine"]],
  [7, "disk", ["lap", "--dir", "none"]],
  [9, "partial", ["get", "a.txt", "none"]],
];

Deno.test("0, 2, 3, 7 and 9: what was asked for is done, or cannot be", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const hans = await network.join("hans");
  for (const name of ["a.txt", "mine"]) await Deno.writeTextFile(`${hans.folder}/${name}`, name);
  await hans.shell.ask("pub a.txt mine", '"mine": File published successfully\n');
  const folder = await network.home.makeFolder("vader");
  await Deno.writeTextFile(`${folder}/mine`, "another");
  for (const [code, kind, args] of CASES) {
    assertEnd(await network.once("vader", ...args, "--json"), code, kind);
  }
});

Deno.test("1: nobody foresaw it", AS_PROCESSES, async () => {
  await using folder = await TempFolder.make();
  const client = FROM_SOURCE.client.map((word) => word === "-P=client" ? "--allow-read" : word);
  await using program = new Program([...client, "5000", "lap", "--json"], { cwd: folder.path });
  assertEnd(await program.finish(), 1, "unexpected");
});

Deno.test("4: nobody answers", AS_PROCESSES, async () => {
  using silent = DatagramSocket.bind(ANY_PORT);
  const { port } = silent.address;
  await using clients = new Clients(await TempFolder.make(), port, FROM_SOURCE);
  assertEnd(await clients.once("hans", "lap", "--json"), 4, "timeout");
});

Deno.test("5: the password is wrong", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const env = { BITTRICKLE_PASSWORD: "guess" };
  const { shell } = await network.client("hans", ["lap", "--user", "hans", "--json"], env);
  assertEnd(await shell.finish(), 5, "login_refused");
});

Deno.test("6: the content is not what its id says", AS_PROCESSES, async () => {
  await using index = new TestIndex();
  const file = hashed(someBytes(1_000_000));
  const lie = onPieces((it) => it.send(it.records[0]!.map((byte) => byte ^ 1)));
  await using liar = await HostileSource.join(index, "yoda", file, { script: lie });
  await liar.publish("a");
  await using clients = new Clients(await TempFolder.make(), index.address.port, FROM_SOURCE);
  assertEnd(await clients.once("vader", "get", "a", "--json"), 6, "unverified");
});

Deno.test("8: the index sets no password that it has in clear", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const { shell } = await network.begin("hans", "passwd", "--json");
  assertEnd(await shell.finish("a-new-one"), 8, "refused");
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`130: ${signal} interrupts it`, AS_PROCESSES, async () => {
    await using network = await Network.start();
    const { shell } = await network.begin("hans", "--json");
    await shell.ask("lap", '"verb":"lap"');
    shell.kill(signal);
    assertEnd(Object.assign(shell, { code: await shell.ends() }), 130, "interrupted");
  });
}
