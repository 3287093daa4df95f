/**
 * Somebody on the path forges what comes before a login, or swaps parts of it.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { InMemoryKnownServers } from "../../../lib/peer/session/known_servers.ts";
import { echoOf, type Hello, type SealedDatagram } from "../../../lib/protocol/sealed_datagram.ts";
import { encodeUtf8 } from "../../../lib/protocol/utf8.ts";
import { type Answers, ScriptedIndex, ServerIdentity } from "../../support/scripted_index.ts";
import { TestSession, type TestSessionOptions } from "../../support/test_session.ts";
import { waitFor } from "../../support/wait_for.ts";
import { PORTS } from "../../support/users.ts";
import { hostAndPort } from "../../support/host.ts";

const QUICK = { retransmitMs: [100, 100, 100] };
const attacker = new ServerIdentity();

/** What anybody can answer to a hello. */
const FORGED: Readonly<Record<string, (hello: Hello) => Answers>> = {
  "busy": (hello) => [attacker.busy(hello)],
  "a challenge": (hello) => [attacker.challenge(hello, "wrong")],
  "a challenge that is none": (hello) => [{ ...attacker.challenge(hello, "x"), ke2: "AAAA" }],
  "a word of another protocol": () => [encodeUtf8("Bad request")],
  "a retry": ({ ke1 }) => [{ kind: "retry", echo: echoOf(ke1), token: "BBBB" }],
};

async function knowing(
  { identity, address }: ScriptedIndex,
  strongUsers: string[] = [],
): Promise<InMemoryKnownServers> {
  const known = new InMemoryKnownServers();
  const { opaqueKey, signer: { publicKey: signingKey } } = identity;
  await known.remember(address, { opaqueKey, signingKey, strongUsers });
  return known;
}

async function failureOf(index: ScriptedIndex, options: TestSessionOptions, password = "pw-hans") {
  await using hans = new TestSession(index.address, "hans", { ...QUICK, ...options });
  return await assertRejects(() => hans.session.logIn("hans", password, PORTS), BitTrickleError);
}

for (const [what, forge] of Object.entries(FORGED)) {
  for (const isKnown of [true, false]) {
    const where = isKnown ? "that is known" : "that is not known";
    Deno.test(`${what} before the challenge of an index ${where} ends no login`, async () => {
      await using index = new ScriptedIndex();
      index.onHello = (hello) => [...forge(hello), index.challenge(hello)];
      const known = isKnown ? await knowing(index) : new InMemoryKnownServers();
      await using hans = await TestSession.join(index.address, "hans", { known, ...QUICK });
      assertEquals(await hans.ask({ verb: "lap" }), []);
    });
  }
}

Deno.test("any number of forged challenges before that of a known index is ignored", async () => {
  await using index = new ScriptedIndex();
  const known = await knowing(index);
  index.onHello = (hello) => {
    const forged = Array.from({ length: 20 }, () => attacker.challenge(hello, "pw-hans"));
    return [...forged, index.challenge(hello)];
  };
  await using _ = await TestSession.join(index.address, "hans", { known, ...QUICK });
});

for (const [what, forge] of Object.entries(FORGED)) {
  Deno.test(`${what} ends no session`, async () => {
    await using index = new ScriptedIndex();
    await using hans = await TestSession.join(index.address, "hans", { heartbeatMs: 20 });
    const [honest, hellos] = [index.onHello, index.count("hello")];
    index.onHello = forge;
    index.forgetSessions();
    await waitFor("hellos", () => index.count("hello") > hellos + 8);
    index.onHello = honest;
    await waitFor("the return", () => hans.news.at(-1) === "again");
    assert(!hans.news.includes("out"), `${hans.news}`);
  });
}

Deno.test("an index that is busy says so, and is believed if it has signed it", async () => {
  await using index = new ScriptedIndex();
  index.onHello = (hello) => [index.identity.busy(hello, 7)];
  const began = performance.now();
  const waits = { known: await knowing(index), retransmitMs: [100, 5_000] };
  const { code, message } = await failureOf(index, waits);
  assertEquals([code, message], ["login_refused", "Too many attempts: try again in 7 s"]);
  assert(performance.now() - began < 4_000);
  assertEquals((await failureOf(index, {})).code, "login_refused");
});

for (const isKnown of [true, false]) {
  const where = isKnown ? "that is known" : "that is not known";
  Deno.test(`what an index ${where} answered to an earlier hello is not taken`, async () => {
    await using index = new ScriptedIndex();
    const known = isKnown ? await knowing(index) : new InMemoryKnownServers();
    const late: SealedDatagram[] = [];
    index.onHello = (hello) => {
      late.push(index.challenge(hello), index.identity.busy(hello));
      return late.slice(-2, -1);
    };
    assertEquals((await failureOf(index, { known }, "wrong")).code, "login_refused");
    assertEquals((await failureOf(index, { known }, "wrong")).code, "login_refused");
    index.onHello = (hello) => [...late, index.challenge(hello)];
    await using _ = await TestSession.join(index.address, "hans", { known, ...QUICK });
  });
}

Deno.test("a hello that is renamed on the path logs nobody in", async () => {
  for (const isKnown of [true, false]) {
    await using index = new ScriptedIndex();
    const known = isKnown ? await knowing(index) : new InMemoryKnownServers();
    // yoda has the same password.
    index.onHello = (hello) => [index.identity.challenge({ ...hello, user: "yoda" }, "pw-hans")];
    const { code } = await failureOf(index, { known });
    assertEquals([code, index.count("login")], [isKnown ? "refused" : "login_refused", 0]);
  }
});

Deno.test("whoever has not the keys of the known index is told as such, with advice", async () => {
  await using index = new ScriptedIndex(attacker);
  const known = new InMemoryKnownServers();
  const { opaqueKey, signer: { publicKey } } = new ServerIdentity();
  for (const signingKey of [undefined, publicKey]) {
    await known.remember(index.address, { opaqueKey, signingKey, strongUsers: [] });
    const { code, message } = await failureOf(index, { known });
    assertEquals([code, index.count("login")], ["refused", 0]);
    assertStringIncludes(message, "its key has changed");
    assertStringIncludes(message, `begins with ${hostAndPort(index.address.port)} from memory`);
  }
});

Deno.test("a user who was once strong is not taken for less", async () => {
  await using index = new ScriptedIndex();
  const known = new InMemoryKnownServers();
  index.stretching = "strong";
  {
    await using _ = await TestSession.join(index.address, "hans", { known });
  }
  const pin = await known.pinOf(index.address);
  const { opaqueKey, signer: { publicKey: signingKey } } = index.identity;
  assertEquals(pin, { opaqueKey, signingKey, strongUsers: ["hans"] });
  index.stretching = "light";
  const logins = index.count("login");
  const { code, message } = await failureOf(index, { known });
  assertEquals([code, index.count("login")], ["refused", logins]);
  assertStringIncludes(message, "hans as a user whose password it has in clear");
  assertStringIncludes(
    message,
    "remove hans from the line that begins with " + hostAndPort(index.address.port),
  );
  await using _ = await TestSession.join(index.address, "yoda", { known });
});

Deno.test("nor while a session runs: its user is told once, and no more is tried", async () => {
  await using index = new ScriptedIndex();
  index.stretching = "strong";
  await using hans = await TestSession.join(index.address, "hans", { heartbeatMs: 20 });
  index.stretching = "light";
  index.forgetSessions();
  await waitFor("the news", () => hans.news.length > 0);
  const hellos = index.count("hello");
  const ask = () => hans.ask({ verb: "lap" });
  const { message } = await assertRejects(ask, BitTrickleError, "it has in clear");
  assertStringIncludes(message, "was taken out");
  assertEquals(hans.news, ["weakened"]);
  assert(index.count("hello") - hellos <= 4, "it is tried again for the question only");
  index.stretching = "strong";
  assertEquals(await hans.ask({ verb: "lap" }), []);
  assertEquals(hans.news, ["weakened", "again"]);
});

Deno.test("an index that was met sealed is never said to be plain", async () => {
  await using index = new ScriptedIndex();
  index.onAnything = () => [encodeUtf8("Bad request")];
  const known = await failureOf(index, { known: await knowing(index) });
  assertEquals([known.code, known.message.includes("--protocol")], ["timeout", false]);
  const { code, message } = await failureOf(index, {});
  // Whoever is on the way can have it said: it must not talk anybody into the plain protocol.
  assertEquals([code, message.includes("--protocol")], ["plain_only", false]);
  assertStringIncludes(message, "does not speak the sealed protocol");
});

/** What a server of another version may answer: it is not understood, or leads nowhere. */
const OTHER_VERSIONS: Readonly<Record<string, (index: ScriptedIndex) => void>> = {
  "all of whose answers are unknown": (index) => {
    index.onAnything = () => [encodeUtf8("BT2/hail 7 x")];
  },
  "whose challenge is unknown": (index) => {
    index.onHello = () => [encodeUtf8("BT2/challenge another one")];
  },
  "whose welcome is unknown": (index) => {
    index.onLogin = () => [encodeUtf8("BT2/welcome x")];
  },
  "that knows the client's hello no more": (index) => {
    index.onHello = () => [];
  },
};

for (const [what, change] of Object.entries(OTHER_VERSIONS)) {
  Deno.test(`a server ${what} is not said to be out of reach`, async () => {
    await using index = new ScriptedIndex();
    change(index);
    const { code, message } = await failureOf(index, {});
    assertEquals([code, message.includes("host and port")], ["timeout", false]);
    assertStringIncludes(message, "another version");
  });
}

Deno.test("nobody can make a client send more than a few hellos", async () => {
  await using index = new ScriptedIndex();
  let tokens = 0;
  index.onHello = ({ ke1 }) => {
    return Array.from({ length: 5 }, () => {
      const token = `A${String(tokens++).padStart(3, "0")}`;
      return { kind: "retry", echo: echoOf(ke1), token };
    });
  };
  assertEquals((await failureOf(index, { known: await knowing(index) })).code, "timeout");
  assert(index.count("hello") <= 3 + 8, `${index.count("hello")} hellos`);
});
