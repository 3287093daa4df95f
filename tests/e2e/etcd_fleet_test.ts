/**
 * Several servers that are one index, by etcd.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { HAS_ETCD } from "../support/etcd.ts";
import { FleetNetwork } from "../support/fleet_network.ts";
import { hostAndPort } from "../support/host.ts";
import { MAY_RUN } from "../support/permission.ts";
import { waitFor } from "../support/wait_for.ts";

const WITH_ETCD = { ignore: !MAY_RUN || !HAS_ETCD };

Deno.test("what is shared at one server is found and fetched at another", WITH_ETCD, async () => {
  await using network = await FleetNetwork.start();
  const first = await network.server();
  const second = await network.server();
  const hans = await network.shell("hans", [first]);
  await hans.shows("Welcome");
  await network.home.write("hans/film.txt", "It made the Kessel run.\n");
  await hans.ask("pub film.txt", "File published successfully");
  const vader = await network.shell("vader", [second]);
  await vader.shows("Welcome");
  await vader.ask("lap", "hans");
  await vader.ask("sch film", "film.txt");
  await vader.ask("cat film.txt", "It made the Kessel run.\n");
  await hans.ask("unp film.txt", "File unpublished successfully");
  await vader.ask("sch film", "No files found");
});

Deno.test("users are those of the fleet, whichever server is asked", WITH_ETCD, async () => {
  await using network = await FleetNetwork.start();
  const first = await network.server();
  assertStringIncludes(first.program.stderr, "are in etcd now");
  const second = await network.server();
  assertEquals(second.program.stderr, "");
  const added = await network.command("user", "add", "leia");
  assertEquals(added.stderr, "leia may log in\n");
  const leia = await network.shell("leia", [second]);
  await leia.shows("Welcome");
  await network.command("user", "disable", "leia");
  await leia.warns("does not let this user in any more");
});

Deno.test("clients of a server that is killed go on at another", WITH_ETCD, async () => {
  await using network = await FleetNetwork.start();
  const first = await network.server();
  const second = await network.server();
  const hans = await network.shell("hans", [first, second]);
  await hans.shows("Welcome");
  await network.home.write("hans/film.txt", "It made the Kessel run.\n");
  await hans.ask("pub film.txt", "File published successfully");
  const isAtFirst = first.program.stdout.includes('"user":"hans"');
  const [lost, left] = isAtFirst ? [first, second] : [second, first];
  const vader = await network.shell("vader", [left]);
  await vader.ask("sch film", "film.txt");
  lost.program.kill("SIGKILL");
  await hans.warns(`Lost ${hostAndPort(lost.port)}, now at ${hostAndPort(left.port)}\n`, 6_000);
  await vader.ask("cat film.txt", "It made the Kessel run.\n");
  await hans.ask("lap", "vader");
  await hans.ask("lpf", "film.txt");
});

Deno.test("a server that etcd does not hear sends its clients away", WITH_ETCD, async () => {
  await using network = await FleetNetwork.start();
  const only = await network.server();
  const hans = await network.shell("hans", [only]);
  await hans.shows("Welcome");
  await network.home.write("hans/a.txt", "a");
  network.node.pause();
  try {
    await hans.type("pub a.txt");
    await hans.warns("the index cannot save this: etcd does not answer");
    await waitFor("the server to know", () => only.program.stdout.includes('"cut off"'), 10_000);
    const vader = await network.shell("vader", [only], "lap");
    await vader.ends();
    assertStringIncludes(vader.stderr, "now: this server is cut off from the others of its index");
  } finally {
    network.node.resume();
  }
  await waitFor("it to be back", () => only.program.stdout.includes('"joined"'), 10_000);
  const logins = () => only.program.stdout.match(/"answered".*"verb":"login"/g)?.length ?? 0;
  await waitFor("hans to log in again", () => logins() >= 2, 20_000);
  await hans.ask("pub a.txt", "File published successfully");
});

Deno.test("a cluster key is made once, and for its owner alone", WITH_ETCD, async () => {
  await using network = await FleetNetwork.start();
  const path = network.home.pathOf("cluster.key");
  const before = await Deno.readTextFile(path);
  const again = await network.command("fleet", "key", path);
  assert(again.stderr.length > 0);
  assertEquals(await Deno.readTextFile(path), before);
  if (Deno.build.os !== "windows") assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
});
