import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Accounts } from "../../../lib/index/login/accounts.ts";
import { InMemoryKnownServers } from "../../../lib/peer/session/known_servers.ts";
import { ScriptedIndex } from "../../support/scripted_index.ts";
import { TestSession } from "../../support/test_session.ts";
import { TestIndex } from "../../support/test_index.ts";
import { waitFor } from "../../support/wait_for.ts";
import { CREDENTIALS, PORTS } from "../../support/users.ts";
import { failureOf } from "../../support/failures.ts";
import { hostAndPort } from "../../support/host.ts";

const QUICK = { retransmitMs: [20, 20, 20, 20] };

Deno.test("logIn() with the right password opens a session", async () => {
  await using index = new TestIndex();
  await using hans = await TestSession.join(index.address, "hans");
  assertEquals(
    await hans.ask({ verb: "pub", name: "two words & a folder/a+b%20.txt" }),
    "published",
  );
  assertEquals(await hans.ask({ verb: "lpf" }), ["two words & a folder/a+b%20.txt"]);
  await using vader = await TestSession.join(index.address, "vader");
  assertEquals(await vader.ask({ verb: "lpf", of: "hans" }), ["two words & a folder/a+b%20.txt"]);
  assertEquals(await vader.ask({ verb: "sch", text: "folder words" }), [
    "two words & a folder/a+b%20.txt",
  ]);
});

Deno.test("one request publishes several files, or none of them", async () => {
  await using index = new TestIndex();
  await using hans = await TestSession.join(index.address, "hans");
  const others = [{ name: "b/c", details: { size: 5 } }, { name: "d" }];
  assertEquals(await hans.ask({ verb: "pub", name: "a", others }), "published");
  assertEquals(await hans.ask({ verb: "lpf" }), ["a", "b/c", "d"]);
  const bad = [{ name: "e" }, { name: "../f" }];
  const error = await failureOf(() => hans.ask({ verb: "pub", name: "0", others: bad }));
  assertEquals(error.code, "refused");
  assertStringIncludes(error.message, "bad name: a part of it begins with a dot");
  assertEquals(await hans.ask({ verb: "lpf" }), ["a", "b/c", "d"]);
});

Deno.test("a wrong password and an unknown user are refused alike", async () => {
  await using index = new TestIndex();
  const messages: string[] = [];
  for (const [user, password] of [["hans", "wrong"], ["nobody", "pw-nobody"]] as const) {
    await using member = new TestSession(index.address, user);
    const error = await failureOf(() => member.session.logIn(user, password, PORTS));
    assertEquals(error.code, "login_refused");
    messages.push(error.message);
  }
  assertEquals(messages, Array(2).fill("Authentication failed. Please try again."));
});

Deno.test("a user has eight sessions, and is told so who wants a ninth", async () => {
  await using index = new TestIndex();
  await using devices = new AsyncDisposableStack();
  for (let i = 0; i < 8; i++) devices.use(await TestSession.join(index.address, "hans"));
  await using last = new TestSession(index.address, "hans");
  const error = await failureOf(() => last.session.logIn("hans", "pw-hans", PORTS));
  assertEquals([error.code, error.message], [
    "already_active",
    "8 sessions of this user are active, and there cannot be more: end one of them, here or on " +
    "another device",
  ]);
});

Deno.test("who leaves may come back at once", async () => {
  await using index = new TestIndex();
  for (let i = 0; i < 3; i++) {
    await using hans = await TestSession.join(index.address, "hans");
    assertEquals(await hans.ask({ verb: "lap" }), []);
  }
});

Deno.test("after too many wrong passwords the user is told how long to wait", async () => {
  await using index = new TestIndex();
  const known = new InMemoryKnownServers();
  {
    await using _ = await TestSession.join(index.address, "vader", { known });
  }
  const attempt = async (password: string) => {
    await using member = new TestSession(index.address, "hans", { known });
    return await failureOf(() => member.session.logIn("hans", password, PORTS));
  };
  for (let i = 0; i < 5; i++) assertStringIncludes((await attempt("wrong")).message, "failed");
  assertEquals((await attempt("pw-hans")).message, "Too many attempts: try again in 2 s");
});

Deno.test("whoever cannot know that it is the index which has him wait tries on", async () => {
  await using index = new TestIndex();
  let began = 0;
  for (let i = 0; i < 5; i++) {
    await using member = new TestSession(index.address, "hans");
    const wrong = () => member.session.logIn("hans", "wrong", PORTS);
    began = performance.now();
    assertEquals((await failureOf(wrong)).code, "login_refused");
    assert(performance.now() - began < 4_000, "a wrong password is told before the attempt ends");
  }
  await using _ = await TestSession.join(index.address, "hans");
  assert(performance.now() - began > 2_000, "he has to wait all the same");
});

Deno.test("lists of any length come whole", async () => {
  await using index = new TestIndex();
  await using hans = await TestSession.join(index.address, "hans");
  await using vader = await TestSession.join(index.address, "vader");
  const names = Array.from({ length: 500 }, (_, i) => `file-${String(i).padStart(4, "0")}.txt`);
  for (const name of names) await hans.ask({ verb: "pub", name });
  assertEquals(await vader.ask({ verb: "sch", text: ".txt" }), names);
  assertEquals(await hans.ask({ verb: "lpf" }), names);
});

Deno.test("a session that the index forgot is opened again, unseen by who asks", async () => {
  const first = new TestIndex();
  const { address: { port }, setup } = first;
  let returns = 0;
  await using hans = await TestSession.join(first.address, "hans", {
    onReturn: async (ask) => {
      returns++;
      await ask({ verb: "pub", name: "again" });
    },
  });
  await first[Symbol.asyncDispose]();
  await using _ = new TestIndex({ port, setup });
  assertEquals(await hans.ask({ verb: "lpf" }), ["again"]);
  assertEquals(returns, 1);
});

Deno.test("an idle session lives on by its heartbeats", async () => {
  await using index = new TestIndex();
  let messages = 0;
  index.lose = (datagram) => {
    if (datagram.startsWith("BT2/m")) messages++;
    return false;
  };
  await using _ = await TestSession.join(index.address, "hans", { heartbeatMs: 10 });
  await waitFor("three heartbeats", () => messages >= 3);
});

Deno.test("an index that is gone is told once, and so is its return", async () => {
  await using index = new TestIndex();
  await using hans = await TestSession.join(index.address, "hans", { heartbeatMs: 10 });
  index.lose = () => true;
  const began = performance.now();
  await waitFor("the news", () => hans.news.length > 0);
  assert(performance.now() - began < 6_000, "within 6 s");
  index.lose = () => false;
  await waitFor("the return", () => hans.news.length > 1);
  assertEquals(hans.news, ["gone", "again"]);
});

Deno.test("an index that answers again in time has kept the session", async () => {
  await using index = new TestIndex();
  await using hans = await TestSession.join(index.address, "hans", QUICK);
  index.lose = () => true;
  await failureOf(() => hans.ask({ verb: "lap" }));
  index.lose = () => false;
  assertEquals(await hans.ask({ verb: "lap" }), []);
  assertEquals(hans.news, ["gone", "back"]);
});

Deno.test("ask() gives up with a time-out that names the index", async () => {
  await using index = new TestIndex();
  await using hans = await TestSession.join(index.address, "hans", QUICK);
  index.lose = () => true;
  const error = await failureOf(() => hans.ask({ verb: "lap" }));
  assertEquals(error.code, "timeout");
  assertStringIncludes(error.message, `${hostAndPort(index.address.port)}`);
});

Deno.test("a user who is disabled is out, and told so once", async () => {
  await using index = new TestIndex();
  await using hans = await TestSession.join(index.address, "hans", { heartbeatMs: 10 });
  const accounts = Accounts.parse(CREDENTIALS.replace("hans ", "hans disabled:"));
  index.index.replaceAccounts(accounts);
  await waitFor("the news", () => hans.news.length > 0);
  assertEquals(hans.news, ["out"]);
  const error = await failureOf(() => hans.ask({ verb: "lap" }));
  assertEquals(error.code, "login_refused");
  assertStringIncludes(error.message, "Authentication failed: this user is disabled");
});

Deno.test("a user whose password was changed is told so, and to log in anew", async () => {
  await using index = new TestIndex();
  await using hans = await TestSession.join(index.address, "hans", { heartbeatMs: 10 });
  index.index.replaceAccounts(Accounts.parse(CREDENTIALS.replace("hans pw-hans", "hans new")));
  await waitFor("the news", () => hans.news.length > 0);
  assertEquals(hans.news, ["password"]);
  const error = await failureOf(() => hans.ask({ verb: "lap" }));
  assertEquals(error.code, "login_refused");
  assertStringIncludes(error.message, "The password of this user was changed, or the user was");
});

Deno.test("an index whose key has changed is refused with advice", async () => {
  const known = new InMemoryKnownServers();
  const first = new TestIndex();
  const { port } = first.address;
  {
    await using _ = await TestSession.join(first.address, "hans", { known });
  }
  await first[Symbol.asyncDispose]();
  await using impostor = new TestIndex({ port });
  await using hans = new TestSession(impostor.address, "hans", { known });
  const error = await failureOf(() => hans.session.logIn("hans", "pw-hans", PORTS));
  assertEquals(error.code, "refused");
  assertStringIncludes(error.message, "its key has changed");
  assertStringIncludes(error.message, `${hostAndPort(port)}`);
});

Deno.test("close() interrupts a login that nobody answers", async () => {
  await using index = new TestIndex();
  let seen = false;
  index.lose = () => seen = true;
  const hans = new TestSession(index.address, "hans");
  const login = failureOf(() => hans.session.logIn("hans", "pw-hans", PORTS));
  await waitFor("the hello", () => seen);
  await hans.session.close();
  assertEquals((await login).code, "interrupted");
});

Deno.test("what nobody can be called is no index that does not answer", async () => {
  await using index = new ScriptedIndex();
  for (const user of ["Darth Vader", "", "v".repeat(65), "vader\u202e"]) {
    await using nobody = new TestSession(index.address, user);
    const { code, message } = await failureOf(nobody.session.logIn(user, "pw", PORTS));
    assertEquals([code, message.includes("\u202e")], ["usage", false]);
  }
  assertEquals(index.heard, []);
});
