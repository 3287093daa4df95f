/**
 * A server that stood still with its whole machine knows that it may have lost its place.
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { hasSlept, type Moment, mostPassedMs } from "../../lib/fleet/lease_time.ts";
import { EtcdNode, HAS_ETCD } from "../support/etcd.ts";
import { FleetIndex } from "../support/fleet_index.ts";
import { FleetServer } from "../support/fleet_server.ts";
import { waitFor } from "../support/wait_for.ts";

const ignore = !HAS_ETCD;
const START: Moment = { steady: 5_000, wall: 1_790_000_000_000 };

/** The moment when the clocks have gone on by so much. */
function after(steady: number, wall: number): Moment {
  return { steady: START.steady + steady, wall: START.wall + wall };
}

/** Has the wall clock go ahead by `ms`, as after a sleep, until it is disposed of. */
function wallClockAheadBy(ms: number): Disposable {
  const now = Date.now;
  Date.now = () => now() + ms;
  return { [Symbol.dispose]: () => Date.now = now };
}

Deno.test("a lease is over when either clock says so", () => {
  assertEquals(mostPassedMs(START, after(3_000, 3_000)), 3_000);
  assertEquals(mostPassedMs(START, after(1_000, 11_000)), 11_000, "asleep for ten seconds");
  assertEquals(mostPassedMs(START, after(3_000, -60_000)), 3_000, "set back");
});

Deno.test("a sleep shows by a wall clock that ran on", () => {
  assertEquals(hasSlept(START, after(5_000, 5_400)), false, "corrected by a little");
  assertEquals(hasSlept(START, after(5_000, 7_000)), true);
  assertEquals(hasSlept(START, after(5_000, 1_000)), false);
});

Deno.test({ name: "a server that has slept is out until it has a new place", ignore }, async () => {
  await using node = await EtcdNode.start();
  const said: string[] = [];
  await using server = await FleetServer.join([node.endpoint], {
    onLost: (reason) => said.push(reason),
    onTaken: () => said.push("taken"),
  });
  const { membership } = server.fleet;
  const { place, deadline } = membership;
  await waitFor("its lease to be kept", () => membership.deadline > deadline);
  {
    using _ = wallClockAheadBy(10_000);
    assertEquals(membership.isIn(), false);
  }
  assertEquals(membership.isIn(), false, "who was out has ended what hangs on the place");
  await waitFor("a new place", () => said.includes("taken"));
  assertEquals([said[0], membership.isIn()], ["this machine slept, or its clock was set", true]);
  assertNotEquals(membership.place, place);
});

Deno.test({ name: "sessions end before a server that has slept answers", ignore }, async () => {
  await using node = await EtcdNode.start();
  await using server = await FleetIndex.join(node.endpoint);
  assertEquals(await server.logIn("hans", "h"), { kind: "welcome" });
  using _ = wallClockAheadBy(10_000);
  server.sessions.look(performance.now()); // Whenever something comes.
  assertEquals([server.ended, server.active()], [1, []]);
  await waitFor("a new place", () => server.index.admission.isOpen(performance.now()), 10_000);
  assertEquals(await server.logIn("hans", "again"), { kind: "welcome" });
  assert(server.active().includes("hans"));
});
