import { assert, assertEquals } from "@std/assert";
import { SESSIONS } from "../../lib/fleet/layout.ts";
import type { Change } from "../../lib/etcd/watch.ts";
import { openTicket } from "../../lib/protocol/ticket.ts";
import { EtcdProxy, type Fate } from "../support/etcd_proxy.ts";
import { EtcdNode, HAS_ETCD } from "../support/etcd.ts";
import { FleetIndex } from "../support/fleet_index.ts";
import { FleetServer } from "../support/fleet_server.ts";
import { waitFor } from "../support/wait_for.ts";

const ignore = !HAS_ETCD;
const WELCOME = { kind: "welcome" } as const;
const FILM = { id: "ab".repeat(32), size: 5 };

/** Keeps all sessions of `servers` alive. */
function keepAlive(...servers: readonly FleetIndex[]): Disposable {
  const timer = setInterval(() => {
    for (const { index } of servers) {
      const now = performance.now();
      for (const session of index.sealedSessions(now)) session.lastHeard = now;
    }
  }, 500);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

Deno.test({ name: "who logs in at one server is there at all others", ignore }, async () => {
  await using node = await EtcdNode.start();
  await using first = await FleetIndex.join(node.endpoint);
  await using second = await FleetIndex.join(node.endpoint);
  using _ = keepAlive(first, second);
  assertEquals(await first.logIn("hans", "h"), WELCOME);
  await waitFor("hans to be known", () => second.active().includes("hans"));
  await using third = await FleetIndex.join(node.endpoint);
  assertEquals(third.active(), ["hans"]);
  await first.ask("h", { verb: "bye", user: "hans" });
  await waitFor("hans to be gone", () => second.active().length === 0);
  await waitFor("hans to be gone", () => third.active().length === 0);
});

Deno.test({ name: "what is served at one server is fetched at another", ignore }, async () => {
  await using node = await EtcdNode.start();
  await using first = await FleetIndex.join(node.endpoint);
  await using second = await FleetIndex.join(node.endpoint);
  using _ = keepAlive(first, second);
  await first.logIn("hans", "h");
  await second.logIn("yoda", "y");
  const pub = { verb: "pub", user: "hans", name: "film.mp4", details: FILM } as const;
  assertEquals(await first.ask("h", pub), { kind: "published" });
  first.session("h").tlsLabel = "0".repeat(32);
  await waitFor("a source with a certificate", async () => {
    const reply = await second.ask("y", { verb: "get", user: "yoda", name: "film.mp4" });
    const pass = reply?.kind === "sources" && reply.sources[0]?.pass;
    if (!pass) return false;
    const ticket = openTicket(first.session("h").sealed.keys.tickets, pass.ticket)!;
    const leftMs = ticket.expires - performance.now(); // Both clocks are those of this process.
    assert(leftMs > 50_000 && leftMs <= 60_000, `${leftMs} ms`);
    return ticket.downloader === "yoda";
  });
});

Deno.test({ name: "a login asks etcd once, wherever its former session was", ignore }, async () => {
  await using node = await EtcdNode.start();
  await using proxy = new EtcdProxy(node.endpoint);
  await using first = await FleetIndex.join(node.endpoint);
  await using second = await FleetIndex.join(proxy.endpoint);
  using _ = keepAlive(first, second);
  await first.logIn("hans", "h");
  await waitFor("hans to be known", () => second.active().includes("hans"));
  let ranges = 0;
  proxy.rule = (path) => {
    if (path.endsWith("range")) ranges++;
    return "passes";
  };
  assertEquals(await second.logIn("hans", "new", "h"), WELCOME);
  assertEquals(await second.logIn("vader", "v"), WELCOME);
  assertEquals(ranges, 0);
  assertEquals(await second.logIn("hans", "newer", "nobody knows"), WELCOME);
  assertEquals(ranges, 1);
});

Deno.test({ name: "a user has eight sessions in the whole fleet", ignore }, async () => {
  await using node = await EtcdNode.start();
  await using first = await FleetIndex.join(node.endpoint);
  await using second = await FleetIndex.join(node.endpoint);
  using _ = keepAlive(first, second);
  const logins = Array.from({ length: 10 }, (_, i) => {
    return (i % 2 ? first : second).logIn("hans", `${i}`);
  });
  const kinds = (await Promise.all(logins)).map(({ kind }) => kind).sort();
  const expected = [...Array(2).fill("too many sessions"), ...Array(8).fill("welcome")];
  assertEquals(kinds, expected);
  await waitFor("all to be known", () => first.active().length === 8);
  assertEquals(await second.logIn("vader", "v"), WELCOME);
});

Deno.test({ name: "the place of a session that is over is taken again", ignore }, async () => {
  await using node = await EtcdNode.start();
  await using server = await FleetIndex.join(node.endpoint);
  for (let i = 0; i < 8; i++) assertEquals(await server.logIn("hans", `${i}`), WELCOME);
  server.session("3").hasEnded = true;
  assertEquals(await server.logIn("hans", "new"), WELCOME);
});

Deno.test({ name: "a session without a place any more stays over", ignore }, async () => {
  await using node = await EtcdNode.start();
  await using first = await FleetIndex.join(node.endpoint);
  await using second = await FleetIndex.join(node.endpoint);
  using _ = keepAlive(second);
  for (let i = 0; i < 8; i++) {
    assertEquals(await (i % 2 ? first : second).logIn("hans", `${i}`), WELCOME);
  }
  const now = performance.now();
  first.session("3").lastHeard = now - 4_000;
  assertEquals(await first.logIn("hans", "new"), WELCOME);
  first.index.missedMessages(now - 3_500); // Which excuses those who were there then.
  assertEquals(first.active().length, 8);
});

Deno.test({ name: "nobody hears of a session before it has a place", ignore }, async () => {
  await using node = await EtcdNode.start();
  await using proxy = new EtcdProxy(node.endpoint);
  await using server = await FleetIndex.join(proxy.endpoint);
  proxy.rule = (path) => path.endsWith("txn") ? "is lost" : "passes";
  const login = server.logIn("hans", "h");
  assertEquals(server.active(), []);
  proxy.rule = () => "passes";
  assertEquals(await login, WELCOME);
  assertEquals(server.active(), ["hans"]);
});

Deno.test({ name: "the sessions of a server that dies end with its lease", ignore }, async () => {
  await using node = await EtcdNode.start();
  await using proxy = new EtcdProxy(node.endpoint);
  await using first = await FleetIndex.join(proxy.endpoint);
  await using second = await FleetIndex.join(node.endpoint);
  using _ = keepAlive(first, second);
  await first.logIn("hans", "h");
  await waitFor("hans to be known", () => second.active().includes("hans"));
  proxy.rule = () => "is lost";
  await waitFor("hans to be gone", () => second.active().length === 0, 10_000);
  // The server knew before the others did.
  assertEquals([first.ended, first.active()], [1, []]);
  assertEquals(first.index.admission.isOpen(performance.now()), false);
  proxy.rule = () => "passes";
  await waitFor("a new place", () => first.index.admission.isOpen(performance.now()), 10_000);
  assertEquals(await first.logIn("hans", "again"), WELCOME);
  await waitFor("hans to be known again", () => second.active().includes("hans"));
});

Deno.test({ name: "a registration whose answer is lost is made once", ignore }, async () => {
  await using node = await EtcdNode.start();
  await using proxy = new EtcdProxy(node.endpoint);
  await using server = await FleetIndex.join(proxy.endpoint);
  using _ = keepAlive(server);
  let lost = 0;
  proxy.rule = (path) => path.endsWith("txn") && lost++ < 1 ? "answer is lost" : "passes";
  assertEquals(await server.logIn("hans", "h"), WELCOME);
  const { kvs } = await node.call("/v3/kv/range", {
    key: btoa("/bittrickle/1/session/"),
    range_end: btoa("/bittrickle/1/session0"),
  });
  assertEquals((kvs as unknown[]).length, 1);
});

Deno.test(
  { name: "a session or clock that does not open is left out, and told", ignore },
  async () => {
    await using node = await EtcdNode.start();
    await using first = await FleetIndex.join(node.endpoint);
    await using second = await FleetIndex.join(node.endpoint);
    using _ = keepAlive(first, second);
    await first.logIn("hans", "h");
    await waitFor("hans to be known", () => second.active().includes("hans"));
    const range = {
      key: btoa("/bittrickle/1/session/"),
      range_end: btoa("/bittrickle/1/session0"),
    };
    const { kvs } = await node.call("/v3/kv/range", range);
    const [{ key: session }] = kvs as [{ key: string }];
    const clock = `/bittrickle/1/clock/${first.fleet.membership.place.server}`;
    for (const key of [session, btoa(clock)]) {
      await node.call("/v3/kv/put", { key, value: btoa("no such thing") });
    }
    const keys = [atob(session), clock];
    await waitFor("both to be told", () => keys.every((key) => second.odd.includes(key)));
    assertEquals([first.active(), second.active()], [[], []]);
  },
);

/** Holds what is asked of etcd through `proxy` until `release`. */
function hold(proxy: EtcdProxy) {
  const released = Promise.withResolvers<void>();
  const held: string[] = [];
  proxy.rule = async (path): Promise<Fate> => {
    if (path.startsWith("/v3/kv/")) held.push(path);
    await released.promise;
    return "passes";
  };
  return { held, release: released.resolve };
}

Deno.test({ name: "a class that logs in at once waits for etcd together", ignore }, async () => {
  await using node = await EtcdNode.start();
  await using proxy = new EtcdProxy(node.endpoint);
  await using server = await FleetIndex.join(proxy.endpoint);
  const { held, release } = hold(proxy);
  const logins = Array.from({ length: 30 }, (_, i) => server.logIn(`pupil${i}`, `${i}`));
  await waitFor("all to be on their way", () => held.length >= 30, 10_000);
  release();
  await Promise.all(logins); // On a busy machine some of them were held for too long.
});

Deno.test(
  { name: "a session that has ended before its turn is not registered", ignore },
  async () => {
    await using node = await EtcdNode.start();
    await using proxy = new EtcdProxy(node.endpoint);
    await using server = await FleetIndex.join(proxy.endpoint);
    await using other = await FleetServer.join([node.endpoint]);
    let registered = 0;
    const count = ({ value }: Change) => void (registered += value ? 1 : 0);
    other.fleet.feed.listen({ prefix: SESSIONS, apply: count });
    const { held, release } = hold(proxy);
    // Each login from the same address takes the place of the one before.
    const logins = ["a", "b", "c", "d"].map((name) => server.logIn("hans", name, undefined, "h"));
    await waitFor("the first one", () => held.length > 0, 2_000);
    release();
    const kinds = (await Promise.all(logins)).map(({ kind }) => kind);
    assertEquals(kinds, ["error", "error", "error", "welcome"]);
    const { revision } = server.fleet.feed;
    await waitFor("the other to be told", () => other.fleet.feed.revision >= revision);
    assertEquals(registered, 1);
  },
);
