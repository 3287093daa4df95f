import { assert, assertEquals } from "@std/assert";
import type { Address } from "../../../lib/protocol/address.ts";
import type { Reply } from "../../../lib/protocol/messages.ts";
import type { SealedRequest } from "../../../lib/protocol/sealed_request.ts";
import { decoded, resetOf, ServiceClient, TestService } from "../../support/test_service.ts";
import { LAN, VADER } from "../../support/users.ts";

const WIFI: Address = { hostname: "192.168.1.8", port: 40_004 };
const CABLE: Address = { hostname: "192.168.1.9", port: 41_000 };

const PUB: SealedRequest = { verb: "pub", user: "hans", name: "a.txt" };
const LAP: SealedRequest = { verb: "lap", user: "hans" };

/** Sends `message` of `member` from an address that need not be the session's. */
function sendFrom(
  member: ServiceClient,
  from: Address,
  message: Uint8Array,
  now = 0,
): Reply | undefined {
  return member.read("lap", member.service.send(message, from, now));
}

/** The token that the index tells to whoever makes a request from `from`. */
function tokenFor(member: ServiceClient, from: Address, now = 0): string {
  const reply = sendFrom(member, from, member.message(LAP), now);
  assert(reply?.kind === "moved", `there is no token but ${reply?.kind}`);
  return reply.token;
}

/** Proves that `member` is at `from`. */
function move(
  member: ServiceClient,
  from: Address,
  token: string,
  now = 0,
): Reply["kind"] | undefined {
  const message = member.message({ verb: "move", user: member.user, token });
  return member.read("move", member.service.send(message, from, now))?.kind;
}

/** Where others are told that `member` serves what it has published. */
function toldAddress(asker: ServiceClient, now = 0): string {
  const reply = asker.ask({ verb: "get", user: asker.user, name: "a.txt" }, now);
  assert(reply?.kind === "sources");
  return reply.sources[0]!.ip;
}

function started(): { service: TestService; hans: ServiceClient; vader: ServiceClient } {
  const service = new TestService();
  const hans = service.member("hans", LAN);
  assertEquals(hans.ask(PUB), { kind: "published" });
  return { service, hans, vader: service.member("vader", VADER) };
}

Deno.test({
  name: "a session moves when its client proves the new address, and others are told that one",
  permissions: "none",
}, () => {
  const { hans, vader } = started();
  const token = tokenFor(hans, WIFI);
  assertEquals(toldAddress(vader), LAN.hostname, "nothing is proven yet");
  assertEquals(move(hans, WIFI, token), "done");
  assertEquals(toldAddress(vader), WIFI.hostname);
  assertEquals(sendFrom(hans, WIFI, hans.message(LAP))?.kind, "list");
});

Deno.test({
  name:
    "a request from an unproven address is not run, keeps nobody active, and its answer is no longer",
  permissions: "none",
}, () => {
  const { service, hans, vader } = started();
  const unp = hans.message({ verb: "unp", user: "hans", name: "a.txt" });
  const answer = service.send(unp, WIFI, 2_000)!;
  assertEquals(hans.read("unp", answer)?.kind, "moved");
  assert(answer.length <= unp.length);
  assertEquals(service.published("hans", vader, 2_000), ["a.txt"]);
  assertEquals(decoded(service.send(hans.message(LAP), LAN, 3_001)), resetOf(hans.keys.session));
});

Deno.test({
  name: "the same request again from the candidate gets the same bytes, and from elsewhere silence",
  permissions: "none",
}, () => {
  const { service, hans } = started();
  const request = hans.message(LAP);
  const answer = service.send(request, WIFI)!;
  assertEquals(service.send(request, WIFI), answer);
  assertEquals(service.send(request, CABLE), undefined);
});

Deno.test({
  name: "a request that was sent before a newer one moves nothing from another address",
  permissions: "none",
}, () => {
  const { service, hans } = started();
  const older = hans.message(LAP);
  const newer = hans.message(LAP);
  assertEquals(hans.answerTo(newer), "message");
  assertEquals(service.send(older, WIFI), undefined);
  assertEquals(service.send(newer, WIFI), undefined, "it is used");
  assertEquals(hans.read("lap", service.send(older, LAN))?.kind, "list", "here it still counts");
});

Deno.test({
  name: "a token is good for its session, its address and 10 s alone",
  permissions: "none",
}, () => {
  const { hans, vader } = started();
  const token = tokenFor(hans, WIFI);
  assertEquals(move(hans, CABLE, token), "moved", "another address");
  assertEquals(move(vader, WIFI, token), "moved", "another session");
  const again = tokenFor(hans, WIFI, 1_000);
  for (let now = 1_000; now <= 11_000; now += 2_000) {
    assertEquals(hans.heartbeat(now)?.kind, "done");
  }
  tokenFor(hans, WIFI, 11_001);
  assertEquals(move(hans, WIFI, again, 11_001), "moved", "it is too old");
  for (const token of ["AAAA", "A".repeat(32), ""]) assert(move(hans, WIFI, token) !== "done");
  assertEquals(toldAddress(vader), LAN.hostname);
});

Deno.test({
  name: "a newer request from the old address keeps the session there",
  permissions: "none",
}, () => {
  const { hans, vader } = started();
  const token = tokenFor(hans, WIFI);
  assertEquals(hans.ask(LAP)?.kind, "list");
  assertEquals(move(hans, WIFI, token), "moved");
  assertEquals(toldAddress(vader), LAN.hostname);
});

Deno.test({
  name: "of two candidates the one with the newest request counts",
  permissions: "none",
}, () => {
  const { hans, vader } = started();
  const first = tokenFor(hans, WIFI);
  const second = tokenFor(hans, CABLE);
  assertEquals(move(hans, CABLE, second), "done");
  assertEquals(move(hans, WIFI, first), "moved");
  assertEquals(toldAddress(vader), CABLE.hostname);
});

Deno.test({
  name: "a session that has moved hears its old address no more, and moves back like anywhere",
  permissions: "none",
}, () => {
  const { service, hans, vader } = started();
  const late = hans.message(LAP);
  const token = tokenFor(hans, WIFI);
  assertEquals(move(hans, WIFI, token), "done");
  assertEquals(service.send(late, LAN), undefined, "it was sent before the move");
  assertEquals(hans.read("lap", service.send(late, WIFI))?.kind, "list", "and is sent again");
  assertEquals(move(hans, LAN, tokenFor(hans, LAN)), "done");
  assertEquals(toldAddress(vader), LAN.hostname);
});

Deno.test({
  name: "a move from where the session is changes nothing",
  permissions: "none",
}, () => {
  const { hans } = started();
  assertEquals(move(hans, LAN, "AAAA"), "done");
});

Deno.test({
  name: "a session that is over is told so, wherever its client speaks from",
  permissions: "none",
}, () => {
  const { service, hans } = started();
  const token = tokenFor(hans, WIFI, 2_900);
  assertEquals(decoded(service.send(hans.message(LAP), WIFI, 3_001)), resetOf(hans.keys.session));
  const message = hans.message({ verb: "move", user: "hans", token });
  assertEquals(decoded(service.send(message, WIFI, 3_001)), resetOf(hans.keys.session));
});
