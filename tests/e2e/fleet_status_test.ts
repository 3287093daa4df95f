/**
 * What a server of a fleet tells of itself, in the fleet and cut off.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { HAS_ETCD } from "../support/etcd.ts";
import { FleetNetwork } from "../support/fleet_network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { FROM_SOURCE, Program } from "../support/program.ts";
import { statusIn } from "../support/status_schema.ts";
import { waitFor } from "../support/wait_for.ts";

const WITH_ETCD = { ignore: !MAY_RUN || !HAS_ETCD || Deno.build.os === "windows" };

/** What `status` of the server at `socket` says. */
async function status(socket: string, ...flags: readonly string[]): Promise<string> {
  const command = [...FROM_SOURCE.server, "status", "--status-socket", socket, ...flags];
  await using program = new Program(command);
  return (await program.finish()).stdout;
}

Deno.test("a server of a fleet tells its status where one alone does", WITH_ETCD, async () => {
  await using network = await FleetNetwork.start();
  await network.server();
  await network.server();
  for (const folder of ["server0", "server1"]) {
    const command = [...FROM_SOURCE.server, "status", "--json"];
    await using program = new Program(command, { cwd: network.home.pathOf(folder) });
    const { stdout, stderr } = await program.finish();
    assertEquals([statusIn(stdout).fleet?.remoteSessions, stderr], [0, ""]);
  }
});

Deno.test("a server tells of its fleet, and that it is cut off", WITH_ETCD, async () => {
  await using network = await FleetNetwork.start();
  const socket = network.home.pathOf("first.sock");
  const first = await network.server(undefined, "--status-socket", socket);
  const second = await network.server();
  const hans = await network.shell("hans", [second]);
  await hans.shows("Welcome");
  await network.home.write("hans/a.txt", "a");
  await hans.ask("pub a.txt", "File published successfully");

  const vader = await network.shell("vader", [first]);
  await vader.shows("Welcome");
  await network.home.write("vader/b.txt", "b");
  await vader.ask("pub b.txt", "File published successfully");
  const { fleet, sessions, disk } = statusIn(await status(socket, "--json"));
  assertEquals([fleet?.remoteSessions, sessions.total, disk.fault], [1, 2, undefined]);
  assertStringIncludes(await status(socket), "\nFleet      1 of the sessions at other servers\n");
  const metrics = await status(socket, "--metrics");
  assertStringIncludes(metrics, "\nbittrickle_fleet_up 1\n");
  assertStringIncludes(metrics, "\nbittrickle_fleet_remote_sessions 1\n");
  assertStringIncludes(metrics, "\nbittrickle_fleet_watch_delay_seconds_count 1\n");

  network.node.pause();
  try {
    await waitFor("it to be cut off", () => first.program.stdout.includes('"cut off"'), 10_000);
    const cut = statusIn(await status(socket, "--json"));
    const { fault } = cut.fleet!;
    assertMatch(fault!, /etcd does not answer|its lease has ended/);
    assertEquals(cut.disk.fault, `cut off from the fleet: ${fault}`);
    await waitFor("the end of vader's session here", async () => {
      const { sessions } = statusIn(await status(socket, "--json"));
      return sessions.rows.map(({ user }) => user).join() === "hans";
    });
    assertStringIncludes(
      await status(socket),
      `\nFleet      CUT OFF: ${fault}\n`,
    );
    assertStringIncludes(await status(socket, "--metrics"), "\nbittrickle_fleet_up 0\n");
  } finally {
    network.node.resume();
  }
  await waitFor("it to be back", () => first.program.stdout.includes('"joined"'), 10_000);
  const back = await status(socket, "--metrics");
  assertStringIncludes(back, "\nbittrickle_fleet_up 1\n");
  assertStringIncludes(back, "\nbittrickle_fleet_places_lost_total 1\n");
});
