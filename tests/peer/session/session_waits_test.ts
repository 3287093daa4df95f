import { assert, assertEquals } from "@std/assert";
import { Accounts } from "../../../lib/index/login/accounts.ts";
import { TestSession } from "../../support/test_session.ts";
import { TestIndex } from "../../support/test_index.ts";
import { UdpProxy } from "../../support/udp_proxy.ts";
import { waitFor } from "../../support/wait_for.ts";
import { CREDENTIALS, PORTS } from "../../support/users.ts";
import { codeOf } from "../../support/failures.ts";
import { RETRANSMIT_MS } from "../../../lib/protocol/limits.ts";

/** Longest time to leave: that of the farewell, and some for a busy machine. */
const AT_ONCE_MS = 1_500;

/** Closes the session of `member` and makes sure that it does not take long. */
async function closeAtOnce(member: TestSession): Promise<void> {
  const began = performance.now();
  await member.session.close();
  assert(performance.now() - began < AT_ONCE_MS, `took ${performance.now() - began} ms`);
}

Deno.test("close() interrupts a login that waits for the name service", async () => {
  const asked = Promise.withResolvers<void>();
  const resolve = () => {
    asked.resolve();
    return new Promise<string[]>(() => {});
  };
  const index = { hostname: "127.0.0.1", port: 9 };
  const hans = new TestSession(index, "hans", { host: "index", resolve });
  const login = codeOf(hans.session.logIn("hans", "pw-hans", PORTS));
  await asked.promise;
  await closeAtOnce(hans);
  assertEquals(await login, "interrupted");
});

Deno.test("close() interrupts every request, those that wait for others as well", async () => {
  await using index = new TestIndex();
  await using hans = await TestSession.join(index.address, "hans");
  let lost = 0;
  index.lose = () => lost++ >= 0;
  const requests = Array.from({ length: 40 }, () => codeOf(hans.ask({ verb: "lap" })));
  await waitFor("the requests", () => lost > 0);
  await closeAtOnce(hans);
  assertEquals(new Set(await Promise.all(requests)), new Set(["interrupted"]));
  assertEquals(await codeOf(hans.ask({ verb: "lap" })), "interrupted");
});

Deno.test("a silent index keeps none of many requests for longer than a few waits", async () => {
  await using index = new TestIndex();
  await using hans = await TestSession.join(index.address, "hans", { retransmitMs: [50, 50] });
  index.lose = () => true;
  const requests = Array.from({ length: 20 }, () => codeOf(hans.ask({ verb: "lap" })));
  assertEquals(new Set(await Promise.all(requests)), new Set(["timeout"]));
});

Deno.test("a request whose session is lost to a silent index ends with a time-out", async () => {
  await using index = new TestIndex();
  await using hans = await TestSession.join(index.address, "hans", { heartbeatMs: 60_000 });
  index.clock.offset += 3_500;
  index.lose = (datagram) => !datagram.startsWith("BT2/m");
  const began = performance.now();
  assertEquals(await codeOf(hans.ask({ verb: "lap" })), "timeout");
  assert(performance.now() - began < 7_000);
  const waiting = codeOf(hans.ask({ verb: "lap" }));
  await closeAtOnce(hans);
  assertEquals(await waiting, "interrupted");
});

Deno.test("close() interrupts a request that waits for what is restored", async () => {
  await using index = new TestIndex();
  const restoring = Promise.withResolvers<void>();
  const hans = await TestSession.join(index.address, "hans", {
    onReturn: () => {
      restoring.resolve();
      return new Promise(() => {});
    },
  });
  index.clock.offset += 3_500;
  const request = codeOf(hans.ask({ verb: "lap" }));
  await restoring.promise;
  await closeAtOnce(hans);
  assertEquals(await request, "interrupted");
});

Deno.test("an index that always has too much to do is given up after ten seconds", async () => {
  await using index = new TestIndex();
  await using hans = await TestSession.join(index.address, "hans");
  const serve = index.index.serve.bind(index.index);
  index.index.serve = (request, session, now) => {
    serve({ verb: "heartbeat", user: request.user }, session, now);
    return { kind: "error", code: 429, reason: "too much to do" };
  };
  const began = performance.now();
  assertEquals(await codeOf(hans.ask({ verb: "lap" })), "refused");
  assert(performance.now() - began < 12_000);
});

Deno.test("that all places are taken is said to who asks, and does not end it", async () => {
  await using index = new TestIndex();
  await using proxy = new UdpProxy(index.address);
  // A try to log in begins each second: the wait ends between two of them.
  const retransmitMs = [...RETRANSMIT_MS, 500];
  const options = { heartbeatMs: 60_000, retransmitMs };
  await using hans = await TestSession.join(proxy.address, "hans", options);
  index.clock.offset += 3_500;
  {
    await using others = new AsyncDisposableStack();
    for (let i = 0; i < 8; i++) others.use(await TestSession.join(index.address, "hans"));
    proxy.forgetClients();
    assertEquals(await codeOf(hans.ask({ verb: "lap" })), "already_active");
  }
  await waitFor("the return", () => hans.news.length > 0, 15_000);
  assertEquals(hans.news, ["again"]);
});

Deno.test("a user who was disabled is in again after the first request, and stays", async () => {
  await using index = new TestIndex();
  const options = { heartbeatMs: 10 };
  await using hans = await TestSession.join(index.address, "hans", options);
  await using vader = await TestSession.join(index.address, "vader", options);
  const setSecret = (beginning: string) => {
    const accounts = Accounts.parse(CREDENTIALS.replace("hans ", `hans ${beginning}`));
    index.index.replaceAccounts(accounts);
  };
  setSecret("disabled:");
  await waitFor("the news", () => hans.news.length > 0);
  assertEquals(await codeOf(hans.ask({ verb: "lap" })), "login_refused");
  setSecret("");
  assertEquals(await hans.ask({ verb: "lap" }), ["vader"]);
  let beats = 0;
  index.lose = (datagram) => datagram.startsWith("BT2/m") && beats++ < 0;
  await vader.session.close();
  await waitFor("heartbeats", () => beats > 5);
  assertEquals(hans.news, ["out", "again"]);
});
