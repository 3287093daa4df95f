/**
 * Somebody on the path answers a client's hellos himself, to find out its password.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { Peer } from "../../../lib/peer/peer.ts";
import {
  InMemoryKnownServers,
  type KnownServers,
} from "../../../lib/peer/session/known_servers.ts";
import type { Hello } from "../../../lib/protocol/sealed_datagram.ts";
import { HAS_IPV6 } from "../../support/ipv6.ts";
import { type Answers, ScriptedIndex, ServerIdentity } from "../../support/scripted_index.ts";
import { TestSession } from "../../support/test_session.ts";
import { waitFor } from "../../support/wait_for.ts";
import { PORTS } from "../../support/users.ts";

const QUICK = { retransmitMs: [100, 100, 100] };
const RIGHT = "pw-hans";

type Known = "stranger" | "half known" | "known";

/** What a client knows of an index. */
async function knowledgeOf(index: ScriptedIndex, known: Known): Promise<InMemoryKnownServers> {
  const servers = new InMemoryKnownServers();
  const { opaqueKey, signer } = index.identity;
  const signingKey = known === "known" ? signer.publicKey : undefined;
  const pin = { opaqueKey, signingKey, strongUsers: [] };
  if (known !== "stranger") await servers.remember(index.address, pin);
  return servers;
}

/** Challenges made by somebody who tries `guesses`, and signs with a key of his own. */
function challenges(guesses: readonly string[]): (hello: Hello) => Answers {
  const attacker = new ServerIdentity();
  return (hello) => guesses.map((guess) => attacker.challenge(hello, guess));
}

/** How a login ends at which somebody tries `guesses`, and whether he is told that one is right. */
async function attack(known: Known, guesses: readonly string[]): Promise<[string, boolean]> {
  await using index = new ScriptedIndex();
  index.onHello = challenges(guesses);
  const servers = await knowledgeOf(index, known);
  await using hans = new TestSession(index.address, "hans", { known: servers, ...QUICK });
  const login = () => hans.session.logIn("hans", RIGHT, PORTS);
  const { code } = await assertRejects(login, BitTrickleError);
  return [code, index.count("login") > 0];
}

Deno.test("where the index is known, nobody else learns from a guess", async () => {
  assertEquals(await attack("known", [RIGHT]), ["refused", false]);
  assertEquals(await attack("known", ["wrong", "wrong", RIGHT]), ["refused", false]);
});

Deno.test("where only its first key is known, neither does whoever guesses right", async () => {
  assertEquals(await attack("half known", [RIGHT]), ["refused", false]);
});

Deno.test("where the index is not known, two guesses are tried at most", async () => {
  assertEquals((await attack("stranger", ["wrong", RIGHT]))[1], true);
  assertEquals(await attack("stranger", ["wrong", "wrong", RIGHT]), ["login_refused", false]);
});

Deno.test(
  "not two for each address of the index, but two in all",
  { ignore: !HAS_IPV6 },
  async () => {
    await using first = new ScriptedIndex();
    const { identity, address: { port } } = first;
    await using second = new ScriptedIndex(identity, { hostname: "::1", port });
    first.onHello = challenges(["wrong"]);
    second.onHello = challenges(["wrong", RIGHT]);
    const resolve = () => Promise.resolve(["127.0.0.1", "::1"]);
    const options = { host: "index", resolve, retransmitMs: [1_000, 1_000] };
    await using hans = new TestSession(first.address, "hans", options);
    const login = () => hans.session.logIn("hans", RIGHT, PORTS);
    assertEquals((await assertRejects(login, BitTrickleError)).code, "login_refused");
    assertEquals([second.count("hello"), second.count("login")], [2, 0]);
  },
);

Deno.test("a session that was lost gives none away, warns once, and is found again", async () => {
  await using index = new ScriptedIndex();
  await using hans = await TestSession.join(index.address, "hans", { heartbeatMs: 20, ...QUICK });
  const honest = index.onHello;
  index.onHello = challenges([RIGHT, RIGHT, RIGHT]);
  index.forgetSessions();
  const logins = index.count("login");
  const hellos = index.count("hello");
  // Two tries, each over the old link and over a new one.
  await waitFor("two tries", () => index.count("hello") >= hellos + 40, 20_000);
  assertEquals([hans.news, index.count("login")], [["forged"], logins]);
  index.onHello = honest;
  await waitFor("the return", () => hans.news.length > 1);
  assertEquals(hans.news, ["forged", "again"]);
});

Deno.test("one challenge is tried once, whatever cookies come with it", async () => {
  await using index = new ScriptedIndex();
  const attacker = new ServerIdentity();
  index.onHello = (hello) => {
    const wrong = attacker.challenge(hello, "wrong");
    return [
      wrong,
      { ...wrong, cookie: "BBBB" },
      { ...wrong, cookie: "CCCC" },
      index.challenge(hello),
    ];
  };
  await using hans = await TestSession.join(index.address, "hans", QUICK);
  assertEquals(await hans.ask({ verb: "lap" }), []);
});

/** A file that loses what is written to it. */
const FORGETFUL: KnownServers = {
  place: "nowhere",
  pinOf: () => Promise.resolve(undefined),
  knowsHere: () => Promise.resolve(false),
  remember: () => Promise.resolve(),
};

/** A client of hans that stores nothing. */
function forgetfulPeer({ address }: ScriptedIndex) {
  const peer = new Peer({
    index: address,
    folder: ".",
    known: FORGETFUL,
    protocol: 2,
    heartbeatMs: 20,
    ...QUICK,
  });
  return { peer, [Symbol.asyncDispose]: async () => void await peer.close(0) };
}

Deno.test("a client that has logged in knows its index, though the file forgets it", async () => {
  await using index = new ScriptedIndex();
  await using hans = forgetfulPeer(index);
  await hans.peer.logIn("hans", RIGHT);
  index.onHello = challenges([RIGHT]);
  index.forgetSessions();
  const [logins, hellos] = [index.count("login"), index.count("hello")];
  await waitFor("a try", () => index.count("hello") >= hellos + 8, 20_000);
  assertEquals(index.count("login"), logins);
});

Deno.test("an index that says that the user has too many sessions is known from then on", async () => {
  await using index = new ScriptedIndex();
  await using hans = forgetfulPeer(index);
  const codeOf = async () => {
    return (await assertRejects(() => hans.peer.logIn("hans", RIGHT), BitTrickleError)).code;
  };
  index.refusal = { kind: "too many sessions" };
  const honest = index.onHello;
  index.onHello = (hello) => [...challenges(["wrong"])(hello), ...honest(hello)];
  for (let i = 0; i < 4; i++) assertEquals(await codeOf(), "already_active");
  index.onHello = challenges([RIGHT]);
  const logins = index.count("login");
  assertEquals([await codeOf(), index.count("login")], ["refused", logins]);
});
