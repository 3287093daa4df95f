import { assert, assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { Accounts } from "../../../lib/index/login/accounts.ts";
import { DatagramSocket } from "../../../lib/net/datagrams.ts";
import { PlainLink } from "../../../lib/peer/session/plain_link.ts";
import type { SessionNews, SessionOptions } from "../../../lib/peer/session/index_session.ts";
import { PlainSession } from "../../../lib/peer/session/plain_session.ts";
import { TestIndex } from "../../support/test_index.ts";
import { UdpProxy } from "../../support/udp_proxy.ts";
import { waitFor } from "../../support/wait_for.ts";
import { CREDENTIALS, PORTS } from "../../support/users.ts";
import { ANY_PORT } from "../../support/host.ts";

/** A session and its link, closed together. */
class TestPlainSession implements AsyncDisposable {
  readonly link: PlainLink;
  readonly session: PlainSession;

  constructor(index: Pick<TestIndex, "address">, options?: SessionOptions) {
    this.link = new PlainLink(
      DatagramSocket.bind(ANY_PORT),
      index.address,
    );
    this.session = new PlainSession(this.link, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.session.close();
    await this.link.close();
  }
}

Deno.test("logIn() tells a wrong password from a user who is active elsewhere", async () => {
  await using index = new TestIndex();
  await using first = new TestPlainSession(index);
  await using second = new TestPlainSession(index);
  await first.session.logIn("hans", "pw-hans", PORTS);
  const attempt = (password: string) =>
    assertRejects(() => second.session.logIn("hans", password, PORTS), BitTrickleError);
  assertEquals((await attempt("wrong")).message, "Authentication failed. Please try again.");
  assertEquals((await attempt("pw-hans")).code, "already_active");
});

Deno.test("heartbeats go out while nothing is asked", async () => {
  await using index = new TestIndex();
  let beats = 0;
  index.lose = (datagram) => {
    if (datagram === "heartbeat hans") beats++;
    return false;
  };
  await using member = new TestPlainSession(index, { heartbeatMs: 5 });
  await member.session.logIn("hans", "pw-hans", PORTS);
  await waitFor("three heartbeats", () => beats >= 3);
});

Deno.test("ask() logs in again when the index has forgotten the session", async () => {
  await using index = new TestIndex();
  let returns = 0;
  await using member = new TestPlainSession(index, {
    heartbeatMs: 60_000,
    onReturn: () => {
      returns++;
      return Promise.resolve();
    },
  });
  await member.session.logIn("hans", "pw-hans", PORTS);
  index.clock.offset += 3_500;
  assertEquals((await member.session.ask({ verb: "lap" })).kind, "list");
  assertEquals(returns, 1);
});

Deno.test("ask() reports what the index refuses, escaped", async () => {
  using server = DatagramSocket.bind(ANY_PORT);
  const serving = server.receive(async (datagram, from) => {
    const isLogin = new TextDecoder().decode(datagram).startsWith("login");
    const text = isLogin ? "Welcome to BitTrickle!" : "Error: \x1b[2Jgo away";
    await server.send(new TextEncoder().encode(text), from);
  });
  const link = new PlainLink(
    DatagramSocket.bind(ANY_PORT),
    server.address,
  );
  const session = new PlainSession(link);
  await session.logIn("hans", "pw-hans", PORTS);
  const error = await assertRejects(() => session.ask({ verb: "lap" }), BitTrickleError);
  assertEquals(error.code, "refused");
  assertEquals(error.message, "The index refuses: \\u{1b}[2Jgo away");
  await session.close();
  await link.close();
  server.close();
  await serving;
});

Deno.test("ask() before logIn() is refused", async () => {
  await using index = new TestIndex();
  await using member = new TestPlainSession(index);
  await assertRejects(() => member.session.ask({ verb: "lap" }), BitTrickleError, "Log in first");
});

Deno.test("a client whose router forgot it logs in again when its old session is over", async () => {
  await using index = new TestIndex();
  await using proxy = new UdpProxy(index.address);
  const news: SessionNews[] = [];
  const options = { heartbeatMs: 20, onNews: (it: SessionNews) => void news.push(it) };
  await using member = new TestPlainSession({ address: proxy.address }, options);
  await member.session.logIn("hans", "pw-hans", PORTS);
  // As if not on this machine: who is not logged in is met with silence.
  index.lose = (datagram) => datagram.startsWith("lap") && news.at(-1) !== "again";
  proxy.forgetClients();
  await waitFor("the return", () => news.at(-1) === "again", 15_000);
  assertEquals(news, ["gone", "again"]);
  assertEquals((await member.session.ask({ verb: "lap" })).kind, "list");
});

Deno.test("a user whose password was changed is told so", async () => {
  await using index = new TestIndex();
  const news: SessionNews[] = [];
  const options = { heartbeatMs: 20, onNews: (it: SessionNews) => void news.push(it) };
  await using member = new TestPlainSession(index, options);
  await member.session.logIn("hans", "pw-hans", PORTS);
  index.index.replaceAccounts(Accounts.parse(CREDENTIALS.replace("hans pw-hans", "hans new")));
  await waitFor("the news", () => news.length > 0);
  assertEquals(news, ["password"]);
});

Deno.test("close() does not wait for copies of an answer", async () => {
  await using index = new TestIndex();
  const link = new PlainLink(
    DatagramSocket.bind(ANY_PORT),
    index.address,
    [
      1_000,
      1_000,
    ],
  );
  let seen = 0;
  index.lose = () => seen++ === 0;
  const session = new PlainSession(link);
  const login = session.logIn("hans", "pw-hans", PORTS);
  await waitFor("the answer", () => seen === 2);
  const began = performance.now();
  await session.close();
  await login.catch(() => {});
  assert(performance.now() - began < 500);
});
