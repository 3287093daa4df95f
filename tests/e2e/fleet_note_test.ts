/**
 * The files of a server whose users are in etcd, with the real programs.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { HAS_ETCD } from "../support/etcd.ts";
import { FleetNetwork } from "../support/fleet_network.ts";
import { hostAndPort } from "../support/host.ts";
import { MAY_RUN } from "../support/permission.ts";
import { type Ended, FROM_SOURCE, Program } from "../support/program.ts";

const WITH_ETCD = { ignore: !MAY_RUN || !HAS_ETCD };
const NOTE = "credentials.txt.in-etcd";
const IN_ETCD =
  /The users of "credentials\.txt" are in etcd since \d{4}-\d\d-\d\d: give the flags of the fleet, or delete "credentials\.txt\.in-etcd" to use these files again\n$/;
const HEADER = '{"v":2,"type":"publications"}';

/** Runs a command of the server in the folder of `network`. */
async function run(
  network: FleetNetwork,
  words: readonly string[],
  input: readonly string[] = [],
  cwd: string = network.home.path,
): Promise<Ended> {
  const env = { BITTRICKLE_PASSWORD: "pw-anybody" };
  await using program = new Program([...FROM_SOURCE.server, ...words], { cwd, env });
  return await program.finish(...input);
}

/** Starts a server in the folder `folder`, until it listens, and ends it. Returns what it warned of. */
async function runOnce(network: FleetNetwork, folder: string, flags: string[]): Promise<string> {
  const cwd = network.home.pathOf(folder);
  await using server = new Program([
    ...[...FROM_SOURCE.server, hostAndPort(0), "--log", "json", ...flags],
  ], { cwd });
  await server.shows('"listening"', 30_000);
  return server.stderr;
}

Deno.test("nothing uses files whose users are in etcd", WITH_ETCD, async () => {
  await using network = await FleetNetwork.start();
  await network.server();
  const { home } = network;
  const before = await Deno.readTextFile(home.pathOf("credentials.txt"));
  await run(network, ["data", "import", "--data", "bittrickle.db"], [HEADER]);
  for (
    const words of [
      ["user", "disable", "hans"],
      ["user", "list"],
      ["user", "add", "oops"],
      ["user", "passwd", "hans"],
      ["invite", "newbie", "--address", hostAndPort(5_000)],
      ["data", "backup", "nightly.b"],
      ["data", "restore", "nightly.b", "--force"],
      ["--check", hostAndPort(0)],
      [hostAndPort(0)],
    ]
  ) {
    const { code, stdout, stderr } = await run(network, words);
    assertEquals([code, stdout], [2, ""], words.join(" "));
    assertMatch(stderr, IN_ETCD, words.join(" "));
  }
  assertEquals(await Deno.readTextFile(home.pathOf("credentials.txt")), before);
  if (Deno.build.os !== "windows") {
    assertEquals((await Deno.stat(home.pathOf(NOTE))).mode! & 0o777, 0o600);
  }
  assertMatch(
    await Deno.readTextFile(home.pathOf(NOTE)),
    /^Since \d{4}-\d\d-\d\d the users, invitations and server key of ".*" are in etcd\.\n/,
  );

  assertEquals((await run(network, ["user", "disable", "hans", ...network.flags()])).code, 0);
  // What is published moves by lines, whether the users have moved or not.
  assertEquals((await run(network, ["data", "export"])).stdout, `${HEADER}\n`);
  await Deno.remove(home.pathOf(NOTE));
  assertEquals((await run(network, ["user", "disable", "hans"])).stderr, "hans is out\n");
});

Deno.test("a server says what of its files etcd does not have", WITH_ETCD, async () => {
  await using network = await FleetNetwork.start();
  const { home } = network;
  await home.makeFolder("old");
  for (const user of ["hans", "luke", "lando"]) {
    await run(network, ["user", "add", user], [], home.pathOf("old"));
  }
  const flags = network.flags();
  // Somebody has begun with etcd, before the server that has the users.
  await run(network, ["user", "add", "newkid", ...flags]);
  const warning =
    'Warning: "credentials.txt" has 3 users not in etcd or changed there, and another server key than etcd. ' +
    "The users and the key in etcd count, not those of the files\n";
  const check = ["--check", hostAndPort(0), ...flags];
  const checked = await run(network, check, [], home.pathOf("old"));
  assertEquals(checked.code, 0, checked.stderr);
  assertStringIncludes(checked.stdout, warning);
  assertStringIncludes(await runOnce(network, "old", flags), warning);
  assertEquals(await runOnce(network, "old", flags), "", "it has been told");
  const again = await run(network, check, [], home.pathOf("old"));
  assert(!again.stdout.includes("Warning"), again.stdout);
});

Deno.test("an index moves into a fleet, out of it, and in again", WITH_ETCD, async () => {
  await using network = await FleetNetwork.start();
  const { home } = network;
  const flags = network.flags();
  for (const folder of ["first", "second"]) await home.makeFolder(folder);
  const [first, second] = [home.pathOf("first"), home.pathOf("second")];
  for (const user of ["hans", "luke"]) await run(network, ["user", "add", user], [], first);
  const publications = `${HEADER}\n{"user":"hans","name":"film","size":1,"id":"-"}\n`;
  await run(network, ["data", "import"], [publications.trimEnd()], first);

  assertStringIncludes(await runOnce(network, "first", flags), "are in etcd now");
  assertEquals(await runOnce(network, "second", flags), "");
  const moved = await run(network, ["data", "export"], [], first);
  assertEquals(moved.stdout, publications);
  await run(network, ["data", "import", ...flags], [moved.stdout.trimEnd()]);
  assertEquals((await run(network, ["user", "add", "oops"], [], second)).code, 2);

  // Out again: the second server has no such file yet, so that it may well be that one.
  await run(network, ["user", "disable", "luke", ...flags]);
  await run(network, ["user", "export", "credentials.txt", ...flags], [], second);
  const out = await run(network, ["data", "export", ...flags]);
  await run(network, ["data", "import"], [out.stdout.trimEnd()], second);
  const listed = await run(network, ["user", "list"], [], second);
  assertEquals(listed.stdout, "hans  sealed\nluke  sealed, disabled\n");
  const alone = await run(network, ["--check", hostAndPort(0)], [], second);
  assertStringIncludes(alone.stdout, 'Publications in "bittrickle.db": 1\n');
  assertEquals(await runOnce(network, "second", []), "");

  // In again, into an etcd with nothing in it: not with files that are old.
  await network.node.call("/v3/kv/deleterange", { key: btoa("/"), range_end: btoa("0") });
  const old = await run(network, [hostAndPort(0), ...flags], [], first);
  assertEquals(old.code, 2);
  assertMatch(
    old.stderr,
    /are in etcd since .*, but this etcd has none: restore its snapshot, name other/,
  );
  const checked = await run(network, ["--check", hostAndPort(0), ...flags], [], first);
  assertStringIncludes(checked.stderr, "but this etcd has none");
  assertStringIncludes(await runOnce(network, "second", flags), "are in etcd now");
  const back = await run(network, ["user", "list", ...flags]);
  assertEquals(back.stdout, listed.stdout);
  assertEquals(await runOnce(network, "first", flags), "");
});
