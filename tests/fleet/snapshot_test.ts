import { assertEquals } from "@std/assert";
import { EtcdClient, type KeyValue } from "../../lib/etcd/etcd_client.ts";
import { Gateway } from "../../lib/etcd/gateway.ts";
import { PREFIX } from "../../lib/fleet/layout.ts";
import { snapshot } from "../../lib/fleet/snapshot.ts";
import { EtcdNode, HAS_ETCD } from "../support/etcd.ts";
import { publish } from "../support/events.ts";
import { FleetServer } from "../support/fleet_server.ts";

const ignore = !HAS_ETCD;
const ALL = { key: btoa(PREFIX), range_end: btoa("/bittrickle/10") };

Deno.test({ name: "pages have every key once, as it was at the first one", ignore }, async () => {
  await using node = await EtcdNode.start();
  await using server = await FleetServer.join([node.endpoint]);
  const publishAs = async (users: number, size: number) => {
    const events = Array.from({ length: 300 }, (_, i) => publish(`u${i % users}`, `${i}`, size));
    await Promise.all(events.map((event) => server.journal.append(event)));
  };
  for (const users of [1, 3, 300]) {
    await publishAs(users, 1);
    const { kvs } = await node.call("/v3/kv/range", ALL);
    const lasting = (kvs as { key: string; lease?: string }[]).filter(({ lease }) => !lease);
    const expected = lasting.map(({ key }) => atob(key));
    using gateway = new Gateway({ endpoints: [node.endpoint] });
    for (const pageKeys of [1, 7, 100, 10_000]) {
      const entries: KeyValue[] = [];
      const revisions = new Set<number>();
      for await (const page of snapshot(new EtcdClient(gateway), PREFIX, { pageKeys })) {
        entries.push(...page.entries);
        revisions.add(page.revision);
        if (revisions.size === 1 && entries.length === pageKeys) await publishAs(users, 2);
      }
      // A server that was too slow for its place takes a new one, and then there are other keys on its lease.
      const keys = entries.filter(({ lease }) => lease === "0").map(({ key }) => key);
      assertEquals(keys.toSorted(), expected, `${users} users, pages of ${pageKeys}`);
      assertEquals(revisions.size, 1);
    }
  }
});
