/**
 * An index with several servers: scripted ones that share their keys.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { IndexLocation } from "../../../lib/peer/session/index_location.ts";
import { InMemoryKnownServers } from "../../../lib/peer/session/known_servers.ts";
import { type Address, formatAddress } from "../../../lib/protocol/address.ts";
import { HEAD_START_MS } from "../../../lib/protocol/address_limits.ts";
import { echoOf } from "../../../lib/protocol/sealed_datagram.ts";
import { ISSUER_BYTES, TicketIssuer } from "../../../lib/protocol/ticket.ts";
import { failureOf } from "../../support/failures.ts";
import type { ScriptedIndex } from "../../support/scripted_index.ts";
import { joinFleet, ScriptedFleet } from "../../support/scripted_fleet.ts";
import { seededRandom } from "../../support/seeded.ts";
import { SilentServer } from "../../support/silent_server.ts";
import type { TestSession } from "../../support/test_session.ts";
import { waitFor } from "../../support/wait_for.ts";

/** How long a client may be without a server. */
const SOON_MS = 6_000;
/** Lets silence show sooner where the time does not matter. */
const QUICK = { heartbeatMs: 100, retransmitMs: Array<number>(10).fill(100) };
/** What a server says whose etcd has no majority at the moment. */
const UNABLE = {
  ...{ kind: "error" as const, code: 500 as const },
  reason: "the index cannot open a session: etcd does not answer",
};

Deno.test("a server that falls silent is replaced by the next within 6 s", async () => {
  await using fleet = new ScriptedFleet(2);
  const [a, b] = fleet.servers;
  let returns = 0;
  await using hans = await joinFleet(fleet.addresses, {
    onReturn: () => Promise.resolve(void returns++),
  });
  assertEquals([a!.count("login"), b!.count("login")], [1, 0]);
  fleet.silence(0);
  const began = performance.now();
  await waitFor("the other server", () => hans.news.length > 0, SOON_MS);
  assert(performance.now() - began < SOON_MS, "within 6 s");
  assertEquals(hans.news, ["moved"]);
  const [from, to] = fleet.addresses as [Address, Address];
  assertEquals(hans.details, [{ from, to }]);
  assertEquals(await hans.ask({ verb: "lap" }), []);
  assertEquals(returns, 1);
});

Deno.test("a login at another server names the session that it takes the place of", async () => {
  await using fleet = new ScriptedFleet(2);
  const [a, b] = fleet.servers;
  await using hans = await joinFleet(fleet.addresses, QUICK);
  fleet.silence(0);
  await waitFor("the other server", () => hans.news.length > 0, SOON_MS);
  assertEquals(a!.logins.map(({ former }) => former), [undefined]);
  assertEquals(b!.logins.map(({ former }) => former), [a!.logins[0]!.session]);
});

Deno.test("a ticket for a source that has moved meanwhile is good there until it ends", async () => {
  await using fleet = new ScriptedFleet(2);
  const [a, b] = fleet.servers;
  await using hans = await joinFleet(fleet.addresses, QUICK);
  const issuer = new TicketIssuer(new Uint8Array(ISSUER_BYTES));
  const ticket = { downloader: "vader", id: "0".repeat(64), size: 1, expires: 2 ** 40 };
  const issue = ({ logins }: ScriptedIndex) => issuer.issue(logins.at(-1)!.tickets, ticket);
  const before = issue(a!);
  assertEquals(hans.session.openTicket(before)?.downloader, "vader");
  fleet.silence(0);
  await waitFor("the other server", () => hans.news.length > 0, SOON_MS);
  for (const each of [before, issue(b!)]) {
    assertEquals(hans.session.openTicket(each)?.downloader, "vader");
  }
});

Deno.test("a request to a server that is silent is answered by the next one", async () => {
  await using fleet = new ScriptedFleet(2);
  const [, b] = fleet.servers;
  await using hans = await joinFleet(fleet.addresses);
  fleet.silence(0);
  const began = performance.now();
  assertEquals(await hans.ask({ verb: "lap" }), []);
  assert(performance.now() - began < 5_000, "before it would have been given up");
  assertEquals(b!.requests.filter(({ verb }) => verb === "lap").length, 1);
});

Deno.test("a server that takes its time for a request is not left", async () => {
  await using fleet = new ScriptedFleet(2);
  const [a, b] = fleet.servers;
  await using hans = await joinFleet(fleet.addresses);
  let isReady = false;
  a!.onRequest = ({ verb }) => verb === "heartbeat" || isReady ? { kind: "done" } : undefined;
  setTimeout(() => isReady = true, 4_000);
  assertEquals(await hans.ask({ verb: "unp", name: "a" }), "unpublished");
  assertEquals([hans.news, b!.count("hello")], [[], 0]);
});

Deno.test("a session that its server has ended goes on at the next if that one is gone", async () => {
  await using fleet = new ScriptedFleet(2);
  const [a, b] = fleet.servers;
  await using hans = await joinFleet(fleet.addresses);
  a!.forgetSessions();
  a!.onHello = () => [];
  const began = performance.now();
  assertEquals(await hans.ask({ verb: "lap" }), []);
  assert(performance.now() - began < SOON_MS, "within 6 s");
  assertEquals([hans.news, b!.count("login")], [["moved"], 1]);
});

Deno.test("a server that has ended a session may have it again", async () => {
  await using fleet = new ScriptedFleet(2);
  const [a, b] = fleet.servers;
  await using hans = await joinFleet(fleet.addresses);
  a!.forgetSessions();
  assertEquals(await hans.ask({ verb: "lap" }), []);
  assertEquals([hans.news, b!.count("hello")], [["again"], 0]);
});

Deno.test("a server that can open no session just now leaves the others", async () => {
  await using fleet = new ScriptedFleet(2);
  const [a, b] = fleet.servers;
  await using hans = await joinFleet(fleet.addresses);
  a!.refusal = UNABLE;
  a!.forgetSessions();
  assertEquals(await hans.ask({ verb: "lap" }), []);
  assertEquals([hans.news, b!.count("login")], [["moved"], 1]);
});

Deno.test("servers none of which can open a session just now end nothing", async () => {
  await using fleet = new ScriptedFleet(2);
  await using hans = await joinFleet(fleet.addresses, QUICK);
  for (const server of fleet.servers) {
    server.refusal = UNABLE;
    server.forgetSessions();
  }
  await waitFor("the news", () => hans.news.length > 0, SOON_MS);
  const error = await failureOf(() => hans.session.ask({ verb: "lap" }));
  assertEquals(error.code, "network");
  assertStringIncludes(error.message, "now: the index cannot open a session: etcd does not answer");
  for (const server of fleet.servers) server.refusal = undefined;
  await waitFor("a session", () => hans.news.length > 1, 2 * SOON_MS);
  assertEquals(hans.news[0], "gone");
  assertEquals(await hans.ask({ verb: "lap" }), []);
});

Deno.test("a busy server is left alone for as long as it says, and the next one serves", async () => {
  await using fleet = new ScriptedFleet(2);
  const [a, b] = fleet.servers;
  const known = new InMemoryKnownServers();
  await using hans = await joinFleet(fleet.addresses, { known });
  a!.forgetSessions();
  a!.onHello = (hello) => [fleet.identity.busy(hello, 60)];
  const began = performance.now();
  assertEquals(await hans.ask({ verb: "lap" }), []);
  assert(performance.now() - began < SOON_MS, "within 6 s");
  assertEquals([hans.news, b!.count("login")], [["moved"], 1]);

  const [hellos, asked] = [a!.count("hello"), b!.count("hello")];
  const answer = b!.onHello;
  b!.onHello = () => [];
  b!.forgetSessions();
  await waitFor("a second try", () => b!.count("hello") > asked + 10, 2 * SOON_MS);
  b!.onHello = answer;
  await waitFor("a login", () => b!.count("login") === 2, SOON_MS);
  assertEquals(a!.count("hello"), hellos);
});

Deno.test("a server that is cut off is left alone likewise, and says why", async () => {
  await using fleet = new ScriptedFleet(2);
  const [a, b] = fleet.servers;
  const known = new InMemoryKnownServers();
  await using hans = await joinFleet(fleet.addresses, { known });
  const cutOff = (server: typeof a) => {
    server!.onHello = (hello) => [fleet.identity.unable(hello, 60)];
    server!.forgetSessions();
  };
  cutOff(a);
  assertEquals(await hans.ask({ verb: "lap" }), []);
  assertEquals([hans.news, b!.count("login")], [["moved"], 1]);
  cutOff(b);
  await waitFor("the news", () => hans.news.length > 1, SOON_MS);
  const error = await failureOf(() => hans.session.ask({ verb: "lap" }));
  assertEquals(error.code, "network");
  const reason = "this server is cut off from the others of its index: try another one";
  assertStringIncludes(error.message, ` now: ${reason}, or again in 60 s`);
});

Deno.test("an index whose servers are all busy is not asked before its time, and says so", async () => {
  await using fleet = new ScriptedFleet(2);
  await using hans = await joinFleet(fleet.addresses, QUICK);
  for (const server of fleet.servers) {
    server.onHello = (hello) => [fleet.identity.busy(hello, 60)];
    server.forgetSessions();
  }
  await waitFor("the news", () => hans.news.length > 0, SOON_MS);
  const hellos = () => fleet.servers.map((server) => server.count("hello"));
  const error = await failureOf(() => hans.session.ask({ verb: "lap" }));
  assertEquals(error.message, "Too many attempts: try again in 60 s");
  const before = hellos();
  await failureOf(() => hans.session.ask({ verb: "lap" }));
  assertEquals(hellos(), before);
});

Deno.test("whoever finds the first server dead, busy or silent is in at once all the same", async () => {
  await using fleet = new ScriptedFleet(2);
  const [a, b] = fleet.servers;
  await using dead = new SilentServer();
  const known = new InMemoryKnownServers();
  const enter = async (servers: readonly Address[]) => {
    const began = performance.now();
    await using hans = await joinFleet(servers, { known });
    assertEquals(await hans.ask({ verb: "lap" }), []);
    return performance.now() - began;
  };
  assert(await enter([dead.address, b!.address]) < 1_000);
  a!.onHello = (hello) => [fleet.identity.busy(hello)];
  assert(await enter([a!.address, b!.address]) < 1_000);
  // One that stops in the middle of a login takes as long as the answer is awaited.
  a!.onHello = (hello) => [a!.challenge(hello)];
  a!.onLogin = () => [];
  assert(await enter([a!.address, b!.address]) < SOON_MS);
});

Deno.test("a server that has answered and is busy is not passed over for another", async () => {
  await using fleet = new ScriptedFleet(2);
  const [a, b] = fleet.servers;
  const known = new InMemoryKnownServers();
  const began = performance.now();
  a!.onHello = (hello) => {
    const { ke1, token } = hello;
    if (token === undefined) return [{ kind: "retry", echo: echoOf(ke1), token: "proof" }];
    return performance.now() > began + 2 * HEAD_START_MS ? [a!.challenge(hello)] : [];
  };
  await using _ = await joinFleet(fleet.addresses, { known });
  assertEquals([a!.count("login"), b!.count("hello")], [1, 0]);
});

Deno.test("a server that takes 2 s to open a session is waited for, and opens no other in vain", async () => {
  await using fleet = new ScriptedFleet(2);
  const [a, b] = fleet.servers;
  const began = performance.now();
  a!.onLogin = (welcome) => performance.now() > began + 2_300 ? [welcome] : [];
  await using _ = await joinFleet(fleet.addresses);
  assertEquals([a!.logins.length > 0, b!.count("hello")], [true, 0]);
});

Deno.test("an index without a server is told once, and looked for until one is there", async () => {
  await using fleet = new ScriptedFleet(2);
  await using hans = await joinFleet(fleet.addresses, QUICK);
  fleet.silence(0);
  fleet.silence(1);
  await waitFor("the news", () => hans.news.length > 0, 10_000);
  assertEquals(hans.news, ["gone"]);
  const error = await failureOf(() => hans.session.ask({ verb: "lap" }));
  assertStringIncludes(error.message, fleet.addresses.map(formatAddress).join(","));
  fleet.wake(1);
  await waitFor("the other server", () => hans.news.length > 1, SOON_MS);
  assertEquals(hans.news, ["gone", "moved"]);
});

Deno.test("a server that answers again before another is found keeps the session", async () => {
  await using fleet = new ScriptedFleet(2);
  const [a, b] = fleet.servers;
  await using hans = await joinFleet(fleet.addresses, QUICK);
  fleet.silence(0);
  fleet.silence(1);
  await waitFor("the search", () => b!.count("hello") > 0, SOON_MS);
  fleet.wake(0);
  await waitFor("the search to end", async () => {
    const before = b!.count("hello");
    await hans.ask({ verb: "lap" });
    return b!.count("hello") === before;
  });
  assert(!hans.news.includes("moved"));
  assertEquals(a!.count("login"), 1);
});

Deno.test("clients begin at all servers alike", () => {
  const random = seededRandom(1);
  const servers = [1, 2, 3].map((port) => ({ hostname: "192.0.2.1", port }));
  const [index, ...otherServers] = servers as [Address, ...Address[]];
  const firsts = Array.from({ length: 300 }, () => {
    return new IndexLocation({ index, otherServers, random }).first.port;
  });
  for (const port of [1, 2, 3]) {
    const share = firsts.filter((first) => first === port).length;
    assert(share > 70 && share < 130, `${share} of 300 begin at ${port}`);
  }
});

for (const end of ["falls silent", "ends all sessions and is gone"] as const) {
  Deno.test(`30 clients of a server that ${end} spread, in time and over the others`, async () => {
    await using fleet = new ScriptedFleet(3);
    const [a, ...others] = fleet.servers;
    const random = seededRandom(7);
    await using stack = new AsyncDisposableStack();
    const members: TestSession[] = [];
    const [index, ...otherServers] = fleet.addresses as [Address, ...Address[]];
    for (let i = 0; i < 30; i++) {
      const order = random() < 0.5 ? otherServers : otherServers.toReversed();
      members.push(stack.use(await joinFleet([index, ...order])));
    }
    assertEquals(others.map((server) => server.count("login")), [0, 0]);
    const times: number[] = [];
    for (const server of others) {
      server.onLogin = (welcome) => {
        times.push(performance.now());
        return [welcome];
      };
    }
    const isGone = end !== "falls silent";
    if (isGone) a!.forgetSessions();
    if (isGone) a!.onHello = () => [];
    else fleet.silence(0);
    const began = performance.now();
    await waitFor("all", () => members.every(({ news }) => news.includes("moved")), SOON_MS);
    assert(times.at(-1)! - began < SOON_MS, "all within 6 s");
    assert(times.at(-1)! - times[0]! > 500, `all within ${times.at(-1)! - times[0]!} ms`);
    for (const server of others) assert(server.count("login") >= 8, "both take their share");
  });
}
