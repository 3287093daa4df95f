/**
 * What somebody can do to a session that may move, who sees all its datagrams, may be quicker than
 * they are, and can send them from any address.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Address } from "../../../lib/protocol/address.ts";
import type { SealedRequest } from "../../../lib/protocol/sealed_request.ts";
import { HeldJournal } from "../../support/journals.ts";
import { decoded, resetOf, type ServiceClient, TestService } from "../../support/test_service.ts";
import { HANS, LAN, VADER } from "../../support/users.ts";

const WIFI: Address = { hostname: "192.168.1.8", port: 40_004 };
const RELAY: Address = { hostname: "203.0.113.5", port: 4_444 };
const LAP: SealedRequest = { verb: "lap", user: "hans" };

function started(): { readonly service: TestService; readonly hans: ServiceClient } {
  const service = new TestService();
  return { service, hans: service.member("hans", LAN) };
}

/** Where the index takes the client of `member` to be. */
function addressOf({ service, keys }: ServiceClient): Address | undefined {
  return service.index.sealedSession(keys.session)?.address;
}

/** The token in an answer to `member`. */
function tokenIn(member: ServiceClient, answer: Uint8Array | undefined): string {
  const reply = member.read("lap", answer);
  assert(reply?.kind === "moved");
  return reply.token;
}

function moveMessage(member: ServiceClient, token: string): Uint8Array {
  return member.message({ verb: "move", user: member.user, token });
}

Deno.test({
  name: "who copies a request and is quicker does not get the session, as the original comes, too",
  permissions: "none",
}, () => {
  const { service, hans } = started();
  for (let now = 0; now < 60_000; now += 1_000) {
    const request = hans.message(LAP);
    const token = tokenIn(hans, service.send(request, RELAY, now));
    const reply = hans.read("lap", service.send(request, LAN, now));
    assertEquals(reply?.kind, "list", "it is run where the session is");
    const move = moveMessage(hans, token);
    const answer = service.send(move, RELAY, now);
    assertEquals(hans.read("move", answer)?.kind, "moved", "the client is still where it was");
    assertEquals(hans.read("move", service.send(move, LAN, now))?.kind, "done");
    assertEquals(addressOf(hans), LAN);
  }
});

Deno.test({
  name: "a relay that keeps the originals back can have the session, and loses it to the client",
  permissions: "none",
}, () => {
  const { service, hans } = started();
  const token = tokenIn(hans, service.send(hans.message(LAP), RELAY));
  service.send(moveMessage(hans, token), RELAY);
  assertEquals(addressOf(hans), RELAY, "it proves that it hands on what comes");
  const back = tokenIn(hans, service.send(hans.message(LAP), LAN));
  service.send(moveMessage(hans, back), LAN);
  assertEquals(addressOf(hans), LAN);
});

Deno.test({
  name: "a session that is over does not move",
  permissions: "none",
}, () => {
  const { service, hans } = started();
  const token = tokenIn(hans, service.send(hans.message(LAP), WIFI, 2_000));
  const answer = service.send(moveMessage(hans, token), WIFI, 3_001);
  assertEquals(decoded(answer), resetOf(hans.keys.session));
  assertEquals(addressOf(hans), LAN);
});

Deno.test({
  name: "ten thousand old messages from everywhere are met with silence, and the candidate stays",
  permissions: "none",
}, () => {
  const { service, hans } = started();
  const old = Array.from({ length: 40 }, () => hans.message(LAP));
  for (const message of old.slice(0, 20)) service.send(message, LAN);
  const request = hans.message(LAP);
  const token = tokenIn(hans, service.send(request, WIFI));
  for (let i = 0; i < 10_000; i++) {
    const from = { hostname: `203.0.113.${i % 250}`, port: 1 + i };
    assertEquals(service.send(old[i % old.length]!, from), undefined);
  }
  assertEquals(hans.read("move", service.send(moveMessage(hans, token), WIFI))?.kind, "done");
  assertEquals(addressOf(hans), WIFI);
});

Deno.test({
  name: "tokens of hellos, of other sessions and of other indexes move nothing",
  permissions: "none",
}, () => {
  const { service, hans } = started();
  const vader = service.member("vader", VADER);
  const other = new TestService().member("hans", LAN);
  const retry = decoded(service.send(hans.hello(), WIFI));
  assert(retry?.kind === "retry");
  const tokens = [
    retry.token,
    tokenIn(vader, service.send(vader.message({ verb: "lap", user: "vader" }), WIFI)),
    tokenIn(other, other.service.send(other.message(LAP), WIFI)),
  ];
  service.send(hans.message(LAP), WIFI); // It is the candidate.
  for (const token of tokens) {
    assertEquals(hans.read("move", service.send(moveMessage(hans, token), WIFI))?.kind, "moved");
  }
  assertEquals(addressOf(hans), LAN);
});

Deno.test({
  name: "a token of a move opens no login",
  permissions: "none",
}, () => {
  const { service, hans } = started();
  const token = tokenIn(hans, service.send(hans.message(LAP), WIFI));
  assertEquals(decoded(service.send(hans.hello(token), WIFI))?.kind, "retry");
});

Deno.test({
  name: "what waits for the journal while the session moves is answered once, to either address",
  permissions: "none",
}, async () => {
  const journal = new HeldJournal();
  const service = new TestService(undefined, undefined, journal);
  const hans = service.member("hans", LAN);
  const pub = hans.message({ verb: "pub", user: "hans", name: "a.txt" });
  const coming = service.sendAndGoOn(pub, LAN);
  const token = tokenIn(hans, service.send(hans.message(LAP), WIFI));
  service.send(moveMessage(hans, token), WIFI);
  assertEquals(addressOf(hans), WIFI);
  for (const from of [LAN, WIFI, RELAY]) assertEquals(service.send(pub, from), undefined);
  journal.keep();
  const answer = await coming;
  assertEquals(hans.read("pub", answer), { kind: "published" });
  assertEquals(service.send(pub, WIFI), answer);
  for (const from of [LAN, RELAY]) assertEquals(service.send(pub, from), undefined);
  assertEquals(journal.held, []);
});

Deno.test({
  name: "an IPv4-mapped address, or one without its scope, is the same address: nothing has moved",
  permissions: "none",
}, () => {
  const { service, hans } = started();
  const mapped = { ...LAN, hostname: `::ffff:${LAN.hostname}` };
  assertEquals(hans.read("lap", service.send(hans.message(LAP), mapped))?.kind, "list");
  const link = { hostname: "fe80::1%eth0", port: 40_005 };
  const vader = service.member("vader", link);
  const request = vader.message({ verb: "lap", user: "vader" });
  const answer = service.send(request, { ...link, hostname: "fe80::1" });
  assertEquals(vader.read("lap", answer)?.kind, "list");
});

Deno.test({
  name: "a login from the address of the session replaces it, in IPv6 clothes as well",
  permissions: "none",
}, () => {
  const { service, hans } = started();
  const mapped = { ...LAN, hostname: `::ffff:${LAN.hostname}` };
  service.member("hans", mapped, 1_000);
  assertEquals(hans.answerTo(hans.message(LAP), 1_000), "reset");
});

Deno.test({
  name: "a move to the address of another session leaves that one alone",
  permissions: "none",
}, () => {
  const { service, hans } = started();
  const vader = service.member("vader", HANS);
  const token = tokenIn(hans, service.send(hans.message(LAP), HANS));
  service.send(moveMessage(hans, token), HANS);
  assertEquals(addressOf(hans), HANS);
  assertEquals(vader.lap(), ["hans"]);
  assertEquals(service.sendPlain("lap vader", HANS), "Error: not logged in");
});
