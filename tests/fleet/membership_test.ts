import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { EtcdJournal } from "../../lib/fleet/etcd_journal.ts";
import { Fleet } from "../../lib/fleet/fleet.ts";
import { EtcdProxy } from "../support/etcd_proxy.ts";
import { EtcdNode, HAS_ETCD } from "../support/etcd.ts";
import { publish } from "../support/events.ts";
import { CLUSTER_KEY, FleetServer } from "../support/fleet_server.ts";
import { FollowedJournal } from "../support/journal_kinds.ts";
import { waitFor } from "../support/wait_for.ts";

const ignore = !HAS_ETCD;
const LEASE_MS = 5_000;

/** The keys of servers that are there. */
async function serversAt(node: EtcdNode): Promise<string[]> {
  const [first, end] = ["server/", "server0"].map((key) => btoa(`/bittrickle/1/${key}`));
  const { kvs = [] } = await node.call("/v3/kv/range", { key: first, range_end: end });
  return (kvs as { key: string }[]).map(({ key }) => atob(key).split("/").at(-1)!);
}

Deno.test({ name: "a server is in the fleet until it leaves", ignore }, async () => {
  await using node = await EtcdNode.start();
  await using one = await FleetServer.join([node.endpoint]);
  {
    await using other = await FleetServer.join([node.endpoint]);
    const expected = [one, other].map(({ fleet }) => fleet.membership.place.server).sort();
    assertEquals(await serversAt(node), expected);
  }
  assertEquals(await serversAt(node), [one.fleet.membership.place.server]);
});

Deno.test(
  { name: "a server whose lease has ended begins anew, and saves again", ignore },
  async () => {
    await using node = await EtcdNode.start();
    const said: string[] = [];
    await using server = await FleetServer.join([node.endpoint], {
      onLost: (reason) => said.push(reason),
      onTaken: () => said.push("taken"),
    });
    const { membership } = server.fleet;
    const { place, deadline } = membership;
    // One that ends before it was kept once is taken anew without a word.
    await waitFor("it to be kept", () => membership.deadline > deadline);
    await node.call("/v3/lease/revoke", { ID: place.lease });
    await server.journal.append(publish("hans", "a", 1)).catch(() => {});
    await waitFor("a new place", () => said.includes("taken"));
    await server.journal.append(publish("hans", "b", 1));
    assertEquals(said, ["its lease has ended", "taken"]);
    assertNotEquals(membership.place.server, place.server);
    assertEquals(await serversAt(node), [membership.place.server]);
  },
);

Deno.test(
  { name: "a place that ends while all is read is taken anew, without a word", ignore },
  async () => {
    await using node = await EtcdNode.start();
    const said: string[] = [];
    const watcher = { onLost: () => said.push("lost"), onTaken: () => said.push("taken") };
    await using fleet = await Fleet.join({
      ...{ endpoints: [node.endpoint], clusterKey: CLUSTER_KEY, watcher },
    });
    const { place } = fleet.membership;
    await using journal = await EtcdJournal.open(fleet);
    await node.call("/v3/lease/revoke", { ID: place.lease });
    const followed = new FollowedJournal(journal);
    await waitFor("another place", () => fleet.membership.place !== place);
    await followed.journal.append(publish("hans", "a", 1));
    assertEquals([followed.lines, said], [["hans a 1 -"], []]);
  },
);

Deno.test(
  {
    name: "a place that was never kept is missed if there is no other, and it is told why",
    ignore,
  },
  async () => {
    await using node = await EtcdNode.start();
    const said: string[] = [];
    await using server = await FleetServer.join([node.endpoint], {
      onLost: (reason) => said.push(reason),
      onTaken: () => said.push("taken"),
    });
    node.pause();
    try {
      await waitFor("the loss", () => said.length > 0, LEASE_MS * 3);
      assert(!server.fleet.membership.isIn());
    } finally {
      node.resume();
    }
    await waitFor("a new place", () => said.length > 1, LEASE_MS * 2);
    assertEquals(said, ["etcd does not answer", "taken"]);
  },
);

Deno.test({ name: "a server that etcd does not hear knows when it is out", ignore }, async () => {
  await using node = await EtcdNode.start();
  await using proxy = new EtcdProxy(node.endpoint);
  let lostAt = 0;
  await using server = await FleetServer.join([proxy.endpoint], {
    onLost: () => lostAt = performance.now(),
  });
  const { membership } = server.fleet;
  const first = membership.deadline;
  assert(first <= performance.now() + LEASE_MS, "counted from when it was sent");
  await waitFor("its lease to be kept alive", () => membership.deadline > first);
  proxy.rule = () => "is lost";
  const { deadline } = membership;
  await waitFor("it to be out", () => lostAt > 0);
  assert(lostAt >= deadline && lostAt < deadline + 1_000, `${lostAt - deadline} ms late`);
  assertEquals(membership.isIn(), false);
  proxy.rule = () => "passes";
  await waitFor("a new place", () => membership.isIn());
  await server.journal.append(publish("hans", "a", 1));
});
