/**
 * Every change has one effect, whatever happens to it between a server and etcd.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { EtcdProxy, type Fate } from "../support/etcd_proxy.ts";
import { EtcdNode, HAS_ETCD } from "../support/etcd.ts";
import { anyEvents, publish, withdraw } from "../support/events.ts";
import { codeOf, failureOf } from "../support/failures.ts";
import { FleetServer } from "../support/fleet_server.ts";
import { seededRandom } from "../support/seeded.ts";
import { waitFor } from "../support/wait_for.ts";

const TRANSACTION = "/v3/kv/txn";
const ignore = !HAS_ETCD;

/** Gives the first transactions these fates; all else passes. */
function fates(...list: Fate[]): (path: string) => Fate {
  return (path) => path === TRANSACTION ? list.shift() ?? "passes" : "passes";
}

async function converge(...servers: readonly FleetServer[]): Promise<void> {
  const newest = () => Math.max(...servers.map(({ fleet }) => fleet.feed.revision));
  await waitFor("all servers to be told the same", () => {
    return servers.every(({ fleet }) => fleet.feed.revision === newest());
  });
}

Deno.test({ name: "a transaction whose answer is lost is not done again", ignore }, async () => {
  await using node = await EtcdNode.start();
  await using proxy = new EtcdProxy(node.endpoint);
  await using server = await FleetServer.join([proxy.endpoint]);
  proxy.rule = fates("answer is lost", "answer is lost");
  await server.journal.append(publish("hans", "a", 1));
  assertEquals(server.told, [{ ...publish("hans", "a", 1), share: "0".repeat(16) }]);
});

Deno.test(
  { name: "a transaction that comes late a second time has no effect", ignore },
  async () => {
    await using node = await EtcdNode.start();
    await using proxy = new EtcdProxy(node.endpoint);
    await using one = await FleetServer.join([proxy.endpoint]);
    await using other = await FleetServer.join([node.endpoint]);
    proxy.rule = fates("comes late", "comes twice");
    await one.journal.append(publish("hans", "a", 1));
    assertEquals(proxy.late, 1);
    await other.journal.append(withdraw("hans", "a"));
    await proxy.release();
    await one.journal.append(publish("hans", "b", 2));
    await converge(one, other);
    assertEquals(one.lines, ["hans b 2 -"]);
    assertEquals(other.lines, ["hans b 2 -"]);
    assertEquals(one.told.length, 3);
  },
);

Deno.test(
  { name: "what was given up is done before what comes after it, or never", ignore },
  async () => {
    await using node = await EtcdNode.start();
    await using proxy = new EtcdProxy(node.endpoint);
    await using one = await FleetServer.join([proxy.endpoint]);
    await using other = await FleetServer.join([node.endpoint]);
    proxy.rule = (path) => path === TRANSACTION ? "comes late" : "passes";
    const error = await failureOf(one.journal.append(publish("hans", "a", 1)));
    assertEquals(error.code, "disk");
    assertEquals(proxy.late > 0, true);
    proxy.rule = () => "passes";
    await one.journal.append(publish("hans", "a", 2));
    await other.journal.append(publish("hans", "b", 3));
    await proxy.release();
    await other.journal.append(publish("hans", "c", 4));
    await converge(one, other);
    assertEquals(one.lines, ["hans a 2 -", "hans b 3 -", "hans c 4 -"]);
    assertEquals(other.lines, one.lines);
  },
);

Deno.test(
  { name: "what was given up is fenced before anything comes after it", ignore },
  async () => {
    await using node = await EtcdNode.start();
    await using proxy = new EtcdProxy(node.endpoint);
    await using server = await FleetServer.join([proxy.endpoint]);
    const { place } = server.fleet.membership;
    const before = place.revision;
    proxy.rule = (path) => path === TRANSACTION ? "is lost" : "passes";
    assertEquals(await codeOf(server.journal.append(publish("hans", "a", 1))), "disk");
    proxy.rule = () => "passes";
    await waitFor("the fence", () => place.revision > before);
  },
);

Deno.test(
  { name: "what one refuses leaves nothing, and does not stop others", ignore },
  async () => {
    await using node = await EtcdNode.start();
    await using server = await FleetServer.join([node.endpoint]);
    const many = Array.from({ length: 121 }, (_, i) => publish("hans", `${i}`, 1));
    const refused = codeOf(server.journal.append(...many));
    await server.journal.append(publish("hans", "b", 1));
    assertEquals(await refused, "disk");
    assertEquals(server.lines, ["hans b 1 -"]);
  },
);

Deno.test({ name: "servers come to the same catalogue over bad lines", ignore }, async () => {
  await using node = await EtcdNode.start();
  const steps = fc.array(fc.tuple(fc.nat(1), fc.array(anyEvents(), { maxLength: 6 })), {
    minLength: 4,
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(steps, fc.nat(), async (steps, seed) => {
      await using proxy = new EtcdProxy(node.endpoint);
      await using one = await FleetServer.join([proxy.endpoint]);
      await using other = await FleetServer.join([node.endpoint, proxy.endpoint]);
      const random = seededRandom(seed);
      proxy.rule = (path) => path === TRANSACTION ? anyFate(random()) : "passes";
      for (const [i, events] of steps) {
        const { journal } = [one, other][i]!;
        await Promise.allSettled(events.map((event) => journal.append(event)));
        if (random() < 0.3) await proxy.release();
        if (random() < 0.2) proxy.cut();
      }
      proxy.rule = () => "passes";
      await proxy.release();
      await one.journal.append(publish("hans", "end", 1));
      await other.journal.append(publish("vader", "end", 1));
      await converge(one, other);
      await using third = await FleetServer.join([node.endpoint]);
      assertEquals(one.lines, third.lines);
      assertEquals(other.lines, third.lines);
      assertEquals(one.told.slice(-2), other.told.slice(-2));
    }),
    { numRuns: 3 },
  );
});

function anyFate(chance: number): Fate {
  if (chance < 0.1) return "is lost";
  if (chance < 0.2) return "answer is lost";
  if (chance < 0.3) return "comes twice";
  return chance < 0.4 ? "comes late" : "passes";
}
