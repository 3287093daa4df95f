import { assert, assertEquals } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { InMemoryKnownServers } from "../../../lib/peer/session/known_servers.ts";
import { block } from "../../support/block.ts";
import { HAS_IPV6 } from "../../support/ipv6.ts";
import { TestSession } from "../../support/test_session.ts";
import { TestIndex } from "../../support/test_index.ts";
import { UdpProxy } from "../../support/udp_proxy.ts";
import { waitFor } from "../../support/wait_for.ts";
import { codeOf } from "../../support/failures.ts";
import { PORTS } from "../../support/users.ts";

/** Both of what this machine calls itself. */
const [V4, V6] = ["127.0.0.1", "::1"];
const WITH_IPV6 = { ignore: !HAS_IPV6 };
/** Datagrams of a request whose client has moved: it is sent, a proof, and it once more; all are answered. */
const MOST_STEPS = 6;
const QUICK = { retransmitMs: [20, 20, 20, 20], heartbeatMs: 50 };

Deno.test("a client whose router forgot it goes on where it is now", async () => {
  await using index = new TestIndex();
  await using proxy = new UdpProxy(index.address);
  await using hans = await TestSession.join(proxy.address, "hans");
  await hans.ask({ verb: "pub", name: "a.txt" });
  for (let i = 1; i <= 3; i++) {
    proxy.forgetClients();
    const began = performance.now();
    const asked = Array.from({ length: 12 }, () => hans.ask({ verb: "lpf" }));
    assertEquals(await Promise.all(asked), Array(12).fill(["a.txt"]));
    assert(performance.now() - began < 1_000, "it proves its address, and that is all");
  }
  assertEquals(hans.news, []);
});

Deno.test("a router that forgets its client at any moment loses no request", async () => {
  await using index = new TestIndex();
  await using proxy = new UdpProxy(index.address);
  await using hans = await TestSession.join(proxy.address, "hans");
  for (let first = 1; first <= MOST_STEPS; first++) {
    for (let second = first; second <= MOST_STEPS; second++) {
      forgetAfter(proxy, first, second);
      assertEquals(await hans.ask({ verb: "pub", name: "a" }), "published");
      forgetAfter(proxy, first, second);
      assertEquals(await hans.ask({ verb: "unp", name: "a" }), "unpublished");
    }
  }
  assertEquals(hans.news, []);
});

Deno.test("a client that moves on while it proves its address stays in its session", async () => {
  await using index = new TestIndex();
  await using proxy = new UdpProxy(index.address);
  await using hans = await TestSession.join(proxy.address, "hans", { heartbeatMs: 50 });
  const serve = index.index.serve.bind(index.index);
  let movesOn = 3;
  index.index.serve = (request, session, now) => {
    // The session is here now, and its client is somewhere else, to which no answer finds the way.
    if (request.verb === "move" && movesOn-- > 0) proxy.forgetClients();
    return serve(request, session, now);
  };
  proxy.forgetClients();
  await waitFor("the last proof", () => hans.session.moves > 0);
  assertEquals(movesOn < 0, true);
  assertEquals(hans.news, []);
});

Deno.test("an idle client whose router forgot it stays active", async () => {
  await using index = new TestIndex();
  await using proxy = new UdpProxy(index.address);
  await using hans = await TestSession.join(proxy.address, "hans");
  await using vader = await TestSession.join(index.address, "vader");
  for (let i = 0; i < 3; i++) {
    proxy.forgetClients();
    const until = performance.now() + 2_500; // A heartbeat, and some.
    await waitFor("a heartbeat", async () => {
      assertEquals(await vader.ask({ verb: "lap" }), ["hans"]);
      return performance.now() > until;
    });
  }
  assertEquals(hans.news, []);
});

Deno.test("a machine that stands still makes nobody be missed whose router forgot it", async () => {
  await using index = new TestIndex();
  await using proxy = new UdpProxy(index.address);
  await using hans = await TestSession.join(proxy.address, "hans");
  await using vader = await TestSession.join(index.address, "vader");
  proxy.forgetClients();
  const silentAt = performance.now() + 1_900; // Just before the heartbeat.
  await waitFor("a heartbeat", () => performance.now() > silentAt);
  block(1_300);
  assertEquals(await vader.ask({ verb: "lap" }), ["hans"]);
  assertEquals(hans.news, []);
});

Deno.test("a server may answer from another of its addresses", async () => {
  await using index = new TestIndex();
  await using proxy = new UdpProxy(index.address, undefined, { answersFromElsewhere: true });
  await using hans = await TestSession.join(proxy.address, "hans");
  assertEquals(await hans.ask({ verb: "pub", name: "a.txt" }), "published");
  index.clock.offset += 3_500;
  assertEquals(await hans.ask({ verb: "lpf" }), ["a.txt"], "its reset counts as well");
  await using vader = new TestSession(proxy.address, "vader", QUICK);
  assertEquals(await codeOf(() => vader.session.logIn("vader", "wrong", PORTS)), "login_refused");
});

Deno.test("an index is found at every address that its name has", WITH_IPV6, async () => {
  await using index = new TestIndex({ hostname: V6 });
  const { port } = index.address;
  const resolve = () => Promise.resolve([V4, V6]);
  const member = new TestSession({ hostname: V4, port }, "hans", { host: "index", resolve });
  await using hans = member;
  const began = performance.now();
  await hans.session.logIn("hans", "pw-hans", PORTS);
  assert(performance.now() - began < 2_000, "silence of one address does not delay the others");
  assertEquals(await hans.ask({ verb: "lap" }), []);
});

Deno.test(
  "an index that moves is found by its name, and its key still tells it",
  WITH_IPV6,
  async () => {
    const known = new InMemoryKnownServers();
    let addresses = [V4];
    const first = new TestIndex();
    const { address: { port }, setup } = first;
    const options = { host: "Index", resolve: () => Promise.resolve(addresses), known, ...QUICK };
    await using hans = await TestSession.join(first.address, "hans", options);
    await first[Symbol.asyncDispose]();
    await waitFor("the news", () => hans.news.length > 0);
    await using _ = new TestIndex({ hostname: V6, port, setup });
    addresses = [V6];
    await waitFor("the return", () => hans.news.length > 1);
    assertEquals(hans.news, ["gone", "again"]);
    assertEquals(await hans.ask({ verb: "lap" }), []);
    const address = { hostname: "index", port };
    assertEquals((await known.pinOf(address))?.opaqueKey, hans.session.indexKey);
  },
);

Deno.test("a name service that is away leaves the address that was good", async () => {
  let resolve: () => Promise<string[]> = () => Promise.resolve([V4]);
  const first = new TestIndex();
  const { address, setup } = first;
  await using hans = await TestSession.join(first.address, "hans", {
    host: "index",
    resolve: () => resolve(),
    ...QUICK,
  });
  await first[Symbol.asyncDispose]();
  resolve = () => Promise.reject(new BitTrickleError("network", "no name service"));
  await waitFor("the news", () => hans.news.length > 0);
  await using _ = new TestIndex({ port: address.port, setup });
  await waitFor("the return", () => hans.news.length > 1);
  assertEquals(hans.news, ["gone", "again"]);
});

Deno.test("nobody who is found in place of the index can end a session", WITH_IPV6, async () => {
  const first = new TestIndex();
  const { address: { port }, setup } = first;
  const addresses = [V4];
  const options = { host: "index", resolve: () => Promise.resolve(addresses), ...QUICK };
  await using hans = await TestSession.join(first.address, "hans", options);
  await first[Symbol.asyncDispose]();
  await using impostor = new TestIndex({ hostname: V6, port, credentials: "hans other\n" });
  let hellos = 0;
  impostor.lose = (datagram) => {
    if (datagram.startsWith("BT2/hello")) hellos++;
    return false;
  };
  addresses.push(V6);
  await waitFor("the impostor to be asked", () => hellos >= 4);
  await using _ = new TestIndex({ port, setup });
  await waitFor("the return", () => hans.news.at(-1) === "again");
  assertEquals(hans.news, ["gone", "again"]);
});

/** Lets the router forget its clients after so many `datagrams` from now on. */
function forgetAfter(proxy: UdpProxy, ...datagrams: readonly number[]): void {
  let passed = 0;
  proxy.onDatagram = () => {
    if (datagrams.includes(++passed)) proxy.forgetClients();
  };
}
