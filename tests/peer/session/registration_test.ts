/**
 * The client's half of setting a password, when the index is not what it should be.
 *
 * @module
 */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { registerPassword } from "../../../lib/index/login/login_records.ts";
import { InMemoryKnownServers } from "../../../lib/peer/session/known_servers.ts";
import { knownByInvitation, registerOwnPassword } from "../../../lib/peer/session/registration.ts";
import type { Invitation } from "../../../lib/protocol/invitation.ts";
import vectors from "../../protocol/vectors/invitations.json" with { type: "json" };
import { SecretMemory } from "../../support/secret_memory.ts";
import { TestIndex } from "../../support/test_index.ts";
import { TestSession } from "../../support/test_session.ts";
import { SETUP } from "../../support/test_service.ts";

const INVITATION = vectors.good[0]!.value as unknown as Invitation;
const { index: SERVERS, opaqueKey, signingKey } = INVITATION;
const [INDEX] = SERVERS;
const PLAIN = "vader pw-vader\n";
const CREDENTIALS = `hans opaque:2:${
  registerPassword(SETUP, "hans", "pw-hans", "strong")
}\n${PLAIN}`;

function failure(run: () => Promise<unknown>): Promise<BitTrickleError> {
  return assertRejects(run, BitTrickleError);
}

Deno.test("a new password is set over the network, and the old session is over", async () => {
  const store = new SecretMemory(CREDENTIALS);
  await using index = new TestIndex({ credentials: CREDENTIALS, setup: SETUP, store });
  store.index = index.index;
  await using hans = await TestSession.join(index.address, "hans", { heartbeatMs: 10_000 });
  await registerOwnPassword(hans.session, "hans", "new");
  await using again = new TestSession(index.address, "hans");
  await again.session.logIn("hans", "new", { plain: 6_000, tls: 6_001 });
  assertEquals(await again.ask({ verb: "lap" }), []);
});

Deno.test("a lost answer to a record is asked for again, and has one effect", async () => {
  const store = new SecretMemory(CREDENTIALS);
  await using index = new TestIndex({ credentials: CREDENTIALS, setup: SETUP, store });
  store.index = index.index;
  await using hans = await TestSession.join(index.address, "hans", { heartbeatMs: 10_000 });
  let sent = 0;
  index.lose = (datagram) => datagram.startsWith("BT2/m") && sent++ % 2 === 0;
  await registerOwnPassword(hans.session, "hans", "new");
});

Deno.test("who gets no answer to a record is told that it may have been taken", async () => {
  const store = new SecretMemory(CREDENTIALS);
  await using index = new TestIndex({ credentials: CREDENTIALS, setup: SETUP, store });
  const options = { heartbeatMs: 10_000, retransmitMs: [20, 20] };
  await using hans = await TestSession.join(index.address, "hans", options);
  let messages = 0;
  index.lose = (datagram) => datagram.startsWith("BT2/m") && messages++ > 0;
  const error = await failure(() => registerOwnPassword(hans.session, "hans", "new"));
  assertEquals(error.code, "timeout");
  assertStringIncludes(error.message, "It is not known whether the password was set");
});

Deno.test("a refusal of the index comes to its user as it is", async () => {
  const store = new SecretMemory(CREDENTIALS);
  await using index = new TestIndex({ credentials: CREDENTIALS, setup: SETUP, store });
  await using vader = await TestSession.join(index.address, "vader");
  const error = await failure(() => registerOwnPassword(vader.session, "vader", "new"));
  assertEquals(error.code, "refused");
  assertStringIncludes(error.message, "this password stands in clear in the index's file");
});

const NO_DISK = { permissions: "none" } as const;

Deno.test(
  { name: "who is invited knows the index by the invitation alone", ...NO_DISK },
  async () => {
    const none = new InMemoryKnownServers();
    const known = await knownByInvitation(INVITATION, SERVERS, none);
    assertEquals(await known.pinOf(INDEX), { opaqueKey, signingKey, strongUsers: [] });
    assertEquals(await none.pinOf(INDEX), undefined, "nothing is proven yet");
  },
);

for (const pin of [{ opaqueKey, signingKey }, { opaqueKey }]) {
  Deno.test({
    name: `an index that is known by ${Object.keys(pin).length} keys may be the one`,
    ...NO_DISK,
  }, async () => {
    const known = new InMemoryKnownServers();
    await known.remember(INDEX, { ...pin, strongUsers: ["han"] });
    const invited = await knownByInvitation(INVITATION, SERVERS, known);
    assertEquals((await invited.pinOf(INDEX))?.signingKey, signingKey);
  });
}

for (const pin of [{ opaqueKey: signingKey }, { opaqueKey, signingKey: opaqueKey }]) {
  Deno.test({
    name: `another ${Object.keys(pin).at(-1)} than the known one is refused`,
    ...NO_DISK,
  }, async () => {
    const known = new InMemoryKnownServers();
    await known.remember(INDEX, { ...pin, strongUsers: [] });
    const error = await failure(() => knownByInvitation(INVITATION, SERVERS, known));
    assertEquals(error.code, "refused");
    assertStringIncludes(error.message, "of another index than the one that is known");
  });
}
