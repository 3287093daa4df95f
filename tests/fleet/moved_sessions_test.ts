/**
 * A client that has gone to another server: nothing of its former session comes late.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Reply } from "../../lib/protocol/messages.ts";
import { EtcdProxy } from "../support/etcd_proxy.ts";
import { EtcdNode, HAS_ETCD } from "../support/etcd.ts";
import { FleetIndex } from "../support/fleet_index.ts";
import { waitFor } from "../support/wait_for.ts";

const ignore = !HAS_ETCD;
const WELCOME = { kind: "welcome" } as const;

function pub(user: string, name: string) {
  return { verb: "pub", user, name, details: { size: 1, id: "ab".repeat(32) } } as const;
}

function isOver(reply: Reply | undefined): boolean {
  return reply?.kind === "error" && reply.reason.includes("session that asks for it is over");
}

/** Two servers, of which the first one hears nothing while its `proxy` is stuck. */
async function twoServers(resources: AsyncDisposableStack) {
  const node = resources.use(await EtcdNode.start());
  const proxy = resources.use(new EtcdProxy(node.endpoint));
  const first = resources.use(await FleetIndex.join(proxy.endpoint));
  const second = resources.use(await FleetIndex.join(node.endpoint));
  return { node, proxy, first, second };
}

Deno.test({ name: "a session ends with the login that takes its place", ignore }, async () => {
  await using resources = new AsyncDisposableStack();
  const { first, second } = await twoServers(resources);
  for (let i = 0; i < 8; i++) assertEquals(await first.logIn("hans", `${i}`), WELCOME);
  assertEquals((await second.logIn("hans", "more")).kind, "too many sessions");
  assertEquals(await second.logIn("hans", "new", "3"), WELCOME);
  await waitFor("the former one to end", () => first.session("3").hasEnded);
  assert(!first.session("4").hasEnded);
  assertEquals(second.active().length, 8);
});

Deno.test({ name: "nobody takes the place of somebody else's session", ignore }, async () => {
  await using resources = new AsyncDisposableStack();
  const { first, second } = await twoServers(resources);
  await first.logIn("hans", "h");
  assertEquals(await second.logIn("vader", "v", "h"), WELCOME);
  await waitFor("both to be known", () => first.active().length === 2);
  assert(!first.session("h").hasEnded);
});

Deno.test(
  { name: "what was asked at a server that stood still is not done late", ignore },
  async () => {
    await using resources = new AsyncDisposableStack();
    const { proxy, first, second } = await twoServers(resources);
    await first.logIn("hans", "h");
    await first.logIn("vader", "v");
    proxy.isStuck = true;
    await second.logIn("hans", "n", "h");
    assertEquals(await second.ask("n", pub("hans", "a")), { kind: "published" });
    const unp = { verb: "unp", user: "hans", name: "a" } as const;
    assertEquals(await second.ask("n", unp), { kind: "unpublished" });
    assert(!first.session("h").hasEnded); // It has not been told.
    const [late, other] = [first.ask("h", pub("hans", "a")), first.ask("v", pub("vader", "b"))];
    assert(isOver(await late));
    proxy.isStuck = false;
    assertEquals(await other, { kind: "published" });
    await waitFor("it to be told", () => first.session("h").hasEnded);
    assert(isOver(await first.ask("h", pub("hans", "c"))));
    assertEquals(await second.ask("n", unp), { kind: "not published" });
  },
);

Deno.test(
  { name: "a session is over that was replaced while nothing was told", ignore },
  async () => {
    await using resources = new AsyncDisposableStack();
    const { node, proxy, first, second } = await twoServers(resources);
    await first.logIn("hans", "h");
    proxy.isStuck = true;
    await second.logIn("hans", "n", "h");
    await second.ask("n", { verb: "bye", user: "hans" });
    await waitFor("nobody to be there", async () => {
      const { kvs } = await node.call("/v3/kv/range", {
        ...{ key: btoa("/bittrickle/1/session/"), range_end: btoa("/bittrickle/1/session0") },
      });
      return kvs === undefined;
    });
    await node.compact();
    proxy.isStuck = false;
    proxy.cut();
    await waitFor("the first server to know", () => first.session("h").hasEnded);
  },
);
