/**
 * From one server into a fleet and out again, with the real programs.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { HAS_ETCD } from "../support/etcd.ts";
import { FleetNetwork } from "../support/fleet_network.ts";
import { freePorts } from "../support/free_ports.ts";
import { hostAndPort } from "../support/host.ts";
import { MAY_RUN } from "../support/permission.ts";
import { type Ended, FROM_SOURCE, Program } from "../support/program.ts";

const WITH_ETCD = { ignore: !MAY_RUN || !HAS_ETCD };
const HEADER = '{"v":2,"type":"publications"}';
/** Runs a command of the server in the folder of `network`, with what its fleet shares or not. */
async function run(
  network: FleetNetwork,
  words: readonly string[],
  flags: readonly string[] = [],
  input: readonly string[] = [],
): Promise<Ended> {
  const command = [...FROM_SOURCE.server, ...words, ...flags];
  await using program = new Program(command, { cwd: network.home.path });
  return await program.finish(...input);
}

Deno.test("servers that run take in what is imported", WITH_ETCD, async () => {
  await using network = await FleetNetwork.start();
  const vader = await network.shell("vader", [await network.server()]);
  await vader.shows("Welcome");
  await run(network, ["data", "import"], network.flags(), [
    HEADER,
    '{"user":"hans","name":"film","size":1,"id":"-"}',
  ]);
  await vader.ask("lpf hans", "1 file published:\nfilm\n");
});

Deno.test("accounts go in with the first server, and out as its files", WITH_ETCD, async () => {
  await using network = await FleetNetwork.start();
  {
    const { program } = await network.server();
    assertStringIncludes(program.stderr, "are in etcd now");
    await network.command("user", "add", "leia");
    await network.command("invite", "rey", "--address", hostAndPort(5_000));
  }
  const out = await run(network, ["user", "export", "alone.txt"], network.flags());
  assertEquals(out.code, 0, out.stderr);
  assertMatch(out.stderr, /^Users in "alone.txt": \d; invitations beside it: 1; server key: there/);
  const again = await run(network, ["user", "export", "alone.txt"], network.flags());
  assertEquals(again.code, 7);
  assertStringIncludes(again.stderr, 'There is a file "alone.txt.key" already');

  const folder = network.home;
  const list = ["user", "list"];
  const [inFleet, inFile] = [
    await run(network, list, network.flags()),
    await run(network, list, ["--credentials", "alone.txt"]),
  ];
  assertEquals(inFile.stdout, inFleet.stdout);
  const invited = await run(network, ["invite", "--list"], ["--credentials", "alone.txt"]);
  assertStringIncludes(invited.stdout, "rey");
  for (const end of ["", ".key", ".invitations"]) {
    const { mode } = await Deno.stat(folder.pathOf(`alone.txt${end}`));
    if (Deno.build.os !== "windows") assertEquals(mode! & 0o777, 0o600, end);
  }

  // Clients know a server of its own by the fleet's key.
  const check = await run(network, ["--check", "0", "--credentials", "alone.txt"]);
  assertStringIncludes(check.stdout, "Server key: good\n");
  await using alone = new Program([
    ...FROM_SOURCE.server,
    ...["0", "--credentials", "alone.txt", "--log", "json"],
  ], { cwd: folder.path });
  await alone.shows('"listening"', 30_000);
  const port = JSON.parse(alone.stdout.split("\n")[0]!).port;
  const leia = await network.shell("leia", [{ program: alone, port }]);
  await leia.shows("Welcome");
});

Deno.test("--check tells whether etcd is there, and opens with the key", WITH_ETCD, async () => {
  await using network = await FleetNetwork.start();
  const flags = network.flags();
  await network.home.write("credentials.txt", "hans pw-hans\n");
  const { endpoint } = network.node;
  const early = await run(network, ["--check", "0"], flags);
  assertEquals(early.stdout.split("\n").slice(0, 5), [
    `${endpoint}: reached`,
    "Cluster key: good, and nothing is in etcd yet",
    "There are no users in etcd yet: the server takes those of its files there",
    'Users in "credentials.txt": 1; open invitations: 0',
    "Server key: none yet, the server makes one",
  ]);
  await network.server();
  const nowhere = `http://${hostAndPort(freePorts(1)[0]!)}`;
  const both = `${endpoint},${nowhere}`;
  const later = await run(network, ["--check", "0"], network.flags(both));
  assertEquals(later.code, 4);
  assertMatch(later.stderr, /^1 of 2 nodes of etcd does not answer: if one more fails/);
  assertStringIncludes(later.stdout, `${nowhere}: not reached: etcd at `);
  assertStringIncludes(later.stdout, "Cluster key: opens what is in etcd\nUsers in etcd: ");
  const nobody = await run(network, ["--check", "0"], network.flags(nowhere));
  assertEquals(nobody.code, 4);
  assertStringIncludes(nobody.stderr, "nobody is listening there");
  const other = network.home.pathOf("other.key");
  await run(network, ["fleet", "key", other]);
  const wrong = await run(network, ["--check", "0"], [...flags.slice(0, 3), other]);
  assertEquals(wrong.code, 8);
  assertStringIncludes(wrong.stderr, "sealed with another cluster key");
  const after = await run(network, ["--check", "0"], flags);
  assertEquals(after.code, 0, "nothing was changed");
});
