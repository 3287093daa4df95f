/**
 * What servers know of each other's clocks.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { ClockEstimate } from "../../lib/fleet/server_clocks.ts";
import { EtcdNode, HAS_ETCD } from "../support/etcd.ts";
import { FleetIndex } from "../support/fleet_index.ts";
import { waitFor } from "../support/wait_for.ts";

const WELCOME = { kind: "welcome" } as const;

/** The revisions in which the keys of the whole store that begin so were made. */
async function madeIn(node: EtcdNode, part: string): Promise<number[]> {
  const prefix = `/bittrickle/1/${part}`;
  const range = { key: btoa(`${prefix}/`), range_end: btoa(`${prefix}0`) };
  const { kvs = [] } = await node.call("/v3/kv/range", range);
  return (kvs as { create_revision: string }[]).map((it) => Number(it.create_revision));
}

Deno.test(
  { name: "whoever is told of a session knows the clock of its server", ignore: !HAS_ETCD },
  async () => {
    await using node = await EtcdNode.start();
    await using server = await FleetIndex.join(node.endpoint);
    const { membership } = server.fleet;
    const [{ deadline }, { place }] = [membership, membership];
    await waitFor("its lease to be kept", () => membership.deadline > deadline);
    await node.call("/v3/lease/revoke", { ID: place.lease });
    await waitFor("a new place", () => membership.place !== place, 10_000);
    server.sessions.look();
    assertEquals(await server.logIn("hans", "h"), WELCOME);
    const [clocks, sessions] = [await madeIn(node, "clock"), await madeIn(node, "session")];
    assertEquals([clocks.length, sessions.length], [1, 1]);
    assert(clocks[0]! <= sessions[0]!, "the clock is told later than the session");
  },
);

Deno.test("a clock is as far ahead as the quickest of the last tellings says", () => {
  const estimate = new ClockEstimate();
  assertEquals(estimate.ahead, -Infinity);
  estimate.hear(900_500, 500); // Half a second on its way.
  assertEquals(estimate.ahead, 900_000);
  estimate.hear(902_900, 2_500);
  assertEquals(estimate.ahead, 900_400);
  estimate.hear(904_000, 4_500);
  assert(estimate.ahead > 900_250 && estimate.ahead < 900_400, `${estimate.ahead}`);
});

Deno.test("a clock that stood still while its machine slept is known again in a while", () => {
  const estimate = new ClockEstimate();
  const toldBy = (now: number) => now < 10_000 ? now : now - 4_000;
  for (let now = 0; now <= 120_000; now += 2_000) estimate.hear(toldBy(now), now);
  assert(Math.abs(estimate.ahead + 4_000) < 1, `${estimate.ahead}`);
});

Deno.test("a clock that runs slower is never taken for much more than it is", () => {
  const slower = fc.double({ min: 0.98, max: 1, noNaN: true });
  fc.assert(fc.property(slower, fc.nat(1_000), (rate, late) => {
    const estimate = new ClockEstimate();
    for (let now = late; now < 600_000; now += 2_000) {
      estimate.hear((now - late) * rate, now);
      const true_ = now * rate - now;
      assert(estimate.ahead <= true_ && estimate.ahead >= true_ - late - 100);
    }
  }));
});

Deno.test("what is no time tells nothing", () => {
  const estimate = new ClockEstimate();
  estimate.hear(500, 100);
  for (const odd of [NaN, Infinity, -Infinity]) estimate.hear(odd, 200);
  assert(estimate.ahead > 390 && estimate.ahead <= 400);
});
