/**
 * What a server does when etcd is gone, slow, or has forgotten.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { EtcdJournal } from "../../lib/fleet/etcd_journal.ts";
import { Fleet } from "../../lib/fleet/fleet.ts";
import { EtcdProxy, type Fate } from "../support/etcd_proxy.ts";
import { EtcdNode, HAS_ETCD } from "../support/etcd.ts";
import { publish, withdraw } from "../support/events.ts";
import { failureOf } from "../support/failures.ts";
import { CLUSTER_KEY, FleetServer } from "../support/fleet_server.ts";
import { FollowedJournal } from "../support/journal_kinds.ts";
import { waitFor } from "../support/wait_for.ts";

const ignore = !HAS_ETCD;

Deno.test(
  { name: "what is answered survives etcd's kill -9, and servers go on", ignore },
  async () => {
    await using node = await EtcdNode.start();
    const said: string[] = [];
    await using server = await FleetServer.join([node.endpoint], {
      onFault: () => said.push("cannot save"),
      onRecovery: () => said.push("saves again"),
      onWatchFault: () => said.push("hears nothing"),
      onWatchRecovery: () => said.push("hears again"),
    });
    const kept: string[] = [];
    const publishing = Array.from({ length: 400 }, (_, i) => {
      const name = `${i}`;
      return server.journal.append(publish("hans", name, i)).then(() => void kept.push(name));
    });
    await waitFor("some to be kept", () => kept.length > 0);
    await node.kill();
    await Promise.allSettled(publishing);
    assert(server.catalogue.has("hans", kept[0]!), "it answers without etcd");
    assertEquals((await failureOf(server.journal.append(publish("hans", "x")))).code, "disk");
    await waitFor("it to notice", () => said.includes("hears nothing"));
    await node.start();
    await waitFor("it to save again", async () => {
      return await server.journal.append(publish("hans", "end", 1)).then(() => true, () => false);
    }, 20_000);
    await using other = await FleetServer.join([node.endpoint]);
    for (const name of kept) assert(other.catalogue.has("hans", name), name);
    assertEquals(server.lines, other.lines);
    assertEquals(said.filter((it) => it.includes("save")), ["cannot save", "saves again"]);
    assertEquals(said.filter((it) => it.includes("hears")), ["hears nothing", "hears again"]);
  },
);

Deno.test(
  { name: "a server that was away too long is told the difference, once", ignore },
  async () => {
    await using node = await EtcdNode.start();
    await using proxy = new EtcdProxy(node.endpoint);
    const reloads: number[] = [];
    await using away = await FleetServer.join([proxy.endpoint], {
      onReload: (n) => reloads.push(n),
    });
    await using other = await FleetServer.join([node.endpoint]);
    const { journal } = other;
    const share = "0123456789abcdef";
    await journal.append(...["a", "b", "c", "d"].map((name) => publish("hans", name, 1)));
    await waitFor("both to be told", () => away.told.length === 4);
    proxy.rule = (path) => path === "/v3/watch" ? "is lost" : "passes";
    proxy.cut();
    await journal.append(publish("hans", "a", 2));
    await journal.append(publish("hans", "a", 3));
    await journal.append(withdraw("hans", "b"));
    await journal.append(withdraw("hans", "c"), publish("vader", "e", 5));
    await journal.append({
      ...{ kind: "publish", user: "hans", share, name: "d", isAdopted: true },
      details: { size: 1 },
    });
    await journal.append(publish("yoda", "f", 1));
    await journal.append(withdraw("yoda", "f"));
    await node.compact();
    assertEquals(away.told.length, 4);
    proxy.rule = () => "passes";
    await waitFor("it to read all again", () => reloads.length > 0);
    await waitFor("both to be the same", () => away.lines.join() === other.lines.join());
    assertEquals(
      away.told.slice(4).map(({ kind, user, name }) => `${kind} ${user} ${name}`).sort(),
      [
        "publish hans a",
        "publish hans d",
        "publish vader e",
        "withdraw hans b",
        "withdraw hans c",
        "withdraw hans d",
      ],
    );
    await away.journal.append(publish("hans", "end", 1));
    assertEquals(away.told.length, 11);
  },
);

Deno.test(
  { name: "a server knows by itself that etcd keeps again what it is told", ignore },
  async () => {
    await using node = await EtcdNode.start();
    await using proxy = new EtcdProxy(node.endpoint);
    const said: string[] = [];
    await using server = await FleetServer.join([proxy.endpoint], {
      onFault: () => said.push("cannot save"),
      onRecovery: () => said.push("saves again"),
    });
    const { membership } = server.fleet;
    for (const isCutOff of [true, false]) {
      said.length = 0;
      if (isCutOff) node.pause();
      else proxy.rule = (path) => path === "/v3/kv/txn" ? "is lost" : "passes";
      assertEquals((await failureOf(server.journal.append(publish("hans", "a", 1)))).code, "disk");
      if (isCutOff) await waitFor("the place to be lost", () => !membership.isIn(), 10_000);
      node.resume();
      proxy.rule = () => "passes";
      await waitFor("it to save again", () => said.includes("saves again"), 10_000);
      assertEquals(said, ["cannot save", "saves again"]);
      await server.journal.append(publish("hans", "b", 1));
    }
  },
);

Deno.test({ name: "a server goes on after etcd has stood still for 3 s", ignore }, async () => {
  await using node = await EtcdNode.start();
  await using server = await FleetServer.join([node.endpoint]);
  await server.journal.append(publish("hans", "before", 1));
  const outcomes: Promise<string | undefined>[] = [];
  const append = (name: string) => {
    const kept = server.journal.append(publish("hans", name, 1));
    outcomes.push(kept.then(() => name, () => undefined));
  };
  node.pause();
  const paused = performance.now();
  await waitFor("3 s to pass", () => {
    append(`${outcomes.length}`);
    return performance.now() > paused + 3_000;
  });
  node.resume();
  await waitFor("it to save again", async () => {
    return await server.journal.append(publish("hans", "after", 1)).then(() => true, () => false);
  }, 20_000);
  await using other = await FleetServer.join([node.endpoint]);
  for (const name of await Promise.all(outcomes)) {
    if (name !== undefined) assert(other.catalogue.has("hans", name), name);
  }
  // What was given up may yet be done, as long as nothing is added after it.
  await waitFor("both to be told the same", () => `${server.lines}` === `${other.lines}`);
});

Deno.test(
  { name: "a catalogue whose id is deleted, as after a restore, gets another one", ignore },
  async () => {
    await using node = await EtcdNode.start();
    const ids: string[] = [];
    for (let life = 0; life < 3; life++) {
      if (life === 2) {
        await node.call("/v3/kv/deleterange", {
          key: btoa("/bittrickle/1/catalogue"),
        });
      }
      await using server = await FleetServer.join([node.endpoint]);
      ids.push(server.journal.catalogueId);
    }
    assertEquals([ids[0] === ids[1], ids[1] === ids[2]], [true, false]);
  },
);

Deno.test({ name: "a watch that is told nothing is made anew elsewhere", ignore }, async () => {
  await using node = await EtcdNode.start();
  await using one = new EtcdProxy(node.endpoint);
  await using two = new EtcdProxy(node.endpoint);
  await using server = await FleetServer.join([one.endpoint, two.endpoint]);
  await server.journal.append(publish("hans", "a", 1));
  (one.watches > 0 ? one : two).isStuck = true;
  await server.journal.append(publish("hans", "b", 1));
  assertEquals(server.lines, ["hans a 1 -", "hans b 1 -"]);
});

Deno.test({ name: "a node that stands still keeps nobody for long", ignore }, async () => {
  await using node = await EtcdNode.start();
  await using one = new EtcdProxy(node.endpoint);
  await using two = new EtcdProxy(node.endpoint);
  await using server = await FleetServer.join([one.endpoint, two.endpoint]);
  await server.journal.append(publish("hans", "a", 1));
  const still = one.watches > 0 ? one : two;
  const goingOn = Promise.withResolvers<Fate>();
  using _ = { [Symbol.dispose]: () => goingOn.resolve("is lost") };
  still.isStuck = true;
  still.rule = () => goingOn.promise;
  const begun = performance.now();
  await server.journal.append(publish("hans", "b", 1));
  assert(performance.now() - begun < 2_400, "it asks the other one, and is told by it");
  await server.journal.append(publish("hans", "c", 1));
  assert(performance.now() - begun < 3_000, "and stays there");
  still.isStuck = false;
});

Deno.test(
  { name: "a server that reads more slowly than etcd forgets begins again", ignore },
  async () => {
    await using node = await EtcdNode.start();
    await using proxy = new EtcdProxy(node.endpoint);
    await using server = await FleetServer.join([node.endpoint]);
    const { journal } = server;
    const names = Array.from({ length: 40 }, (_, i) => `${i}`);
    await Promise.all(names.map((name) => journal.append(publish("hans", name, 1))));
    let pages = 0;
    proxy.rule = async (path): Promise<Fate> => {
      if (path !== "/v3/kv/range" || ++pages !== 4) return "passes";
      await Promise.all(names.slice(20).map((name) => journal.append(withdraw("hans", name))));
      await journal.append(publish("hans", "0", 2), publish("leia", "a", 3));
      await node.compact();
      return "passes";
    };
    await using fleet = await Fleet.join({ endpoints: [proxy.endpoint], clusterKey: CLUSTER_KEY });
    await using late = await EtcdJournal.open(fleet, {}, 5);
    assertEquals(new FollowedJournal(late).lines, server.lines);
    assertEquals([server.lines.length, pages > 4], [21, true]);
  },
);

Deno.test({ name: "a server saves nothing in an etcd that was restored", ignore }, async () => {
  await using node = await EtcdNode.start();
  const restore = await node.backUp();
  const said: string[] = [];
  await using server = await FleetServer.join([node.endpoint], {
    onLost: (reason) => said.push(reason),
  });
  const { journal } = server;
  for (let i = 0; i < 20; i++) await journal.append(publish("hans", "a", i));
  await restore();
  // Nobody would be told of it: what this server's watch waits for is still to come.
  for (const name of ["b", "c"]) {
    const { message } = await failureOf(journal.append(publish("hans", name, 1)));
    assertStringIncludes(message, "has less than it had, as after a restore");
  }
  // Whether it has asked for its lease before is a matter of time.
  const isTold = () => said.some((it) => it.includes("start all servers again"));
  await waitFor("it to know that it is alone", isTold, 10_000);
  assertEquals(server.lines, ["hans a 19 -"]);
});
