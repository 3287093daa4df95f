/**
 * What is withdrawn everywhere at one server is known to those who serve it at another.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { EtcdNode, HAS_ETCD } from "../support/etcd.ts";
import { FleetIndex } from "../support/fleet_index.ts";
import { waitFor } from "../support/wait_for.ts";

const WITH_ETCD = { ignore: !HAS_ETCD };
const PUB = { verb: "pub", user: "hans", name: "film.mp4" } as const;
const UNP = { verb: "unp", user: "hans", name: "film.mp4" } as const;
const [DESK, LAPTOP] = ["0000000000000001", "0000000000000002"];

Deno.test("who serves a name hears that another server has withdrawn it", WITH_ETCD, async () => {
  await using node = await EtcdNode.start();
  await using first = await FleetIndex.join(node.endpoint);
  await using second = await FleetIndex.join(node.endpoint);
  await first.logIn("hans", "desk", DESK);
  await second.logIn("hans", "laptop", LAPTOP);
  await first.ask("desk", PUB);
  await second.ask("laptop", PUB);
  assertEquals(await first.ask("desk", { ...UNP, isEverywhere: true }), { kind: "unpublished" });
  await waitFor("the laptop to be told", () => second.session("laptop").withdrawals === 1);
  assertEquals(first.session("desk").withdrawals, 0);
});

Deno.test("who withdraws what it serves itself is not told of it", WITH_ETCD, async () => {
  await using node = await EtcdNode.start();
  await using first = await FleetIndex.join(node.endpoint);
  await first.logIn("hans", "desk", DESK);
  await first.ask("desk", PUB);
  assertEquals(await first.ask("desk", UNP), { kind: "unpublished" });
  assertEquals(first.session("desk").withdrawals, 0);
});
