import { assert, assertEquals } from "@std/assert";
import type { Address } from "../../../lib/protocol/address.ts";
import { OTHER_ADDRESS_MS } from "../../../lib/protocol/address_limits.ts";
import type { Reply } from "../../../lib/protocol/messages.ts";
import { ServiceClient, TestService } from "../../support/test_service.ts";

const NO_PERMISSIONS = { permissions: "none" } as const;
const [V6, V4]: Address[] = [
  { hostname: "2001:db8::7", port: 40_001 },
  { hostname: "192.0.2.7", port: 41_000 },
];
const MOVED: Address = { hostname: "2001:db8::8", port: 40_002 };
const ASKERS: readonly Address[] = [
  { hostname: "192.0.2.9", port: 40_009 },
  { hostname: "2001:db8::9", port: 40_009 },
];

/** Sends a `move` of `member` from `from`, and returns the answer. */
function move(member: ServiceClient, from: Address, token: string, isAlso?: true, now = 0) {
  const request = { verb: "move", user: member.user, token, ...isAlso ? { isAlso } : {} } as const;
  const message = member.message(request);
  return member.read("move", member.service.send(message, from, now));
}

/** The token for `from`, which costs a request from there. */
function tokenFor(member: ServiceClient, from: Address, now = 0): string {
  const reply = move(member, from, "", true, now);
  assert(reply?.kind === "moved", `there is no token but ${reply?.kind}`);
  return reply.token;
}

/** Proves that `member` is at `from` as well. */
function add(member: ServiceClient, from: Address, now = 0): Reply["kind"] | undefined {
  return move(member, from, tokenFor(member, from, now), true, now)?.kind;
}

/** A source at {@linkcode V6}, and downloaders of either kind. */
function started() {
  const service = new TestService();
  const hans = service.member("hans", V6!);
  assertEquals(hans.pub("a.txt"), { kind: "published" });
  /** The addresses of the source that each of the downloaders is told. */
  const told = (now = 0) =>
    ASKERS.map((from, i) => {
      const asker = service.member(["vader", "yoda"][i]!, from, now);
      const reply = asker.ask({ verb: "get", user: asker.user, name: "a.txt" }, now);
      assert(reply?.kind === "sources");
      return [reply.sources[0]!.ip, reply.sources[0]!.otherIp];
    });
  return { service, hans, told };
}

Deno.test(
  "a source at two addresses is told with both, the asker's kind first",
  NO_PERMISSIONS,
  () => {
    const { hans, told } = started();
    assertEquals(told(), [[V6!.hostname, undefined], [V6!.hostname, undefined]]);
    assertEquals(add(hans, V4!), "done");
    assertEquals(told(), [[V4!.hostname, V6!.hostname], [V6!.hostname, V4!.hostname]]);
    assertEquals(hans.heartbeat()?.kind, "done", "the session is where it was");
  },
);

Deno.test("an IPv4 address on a socket for both kinds is one of IPv4", NO_PERMISSIONS, () => {
  const { hans, told } = started();
  assertEquals(add(hans, { ...V4!, hostname: `::ffff:${V4!.hostname}` }), "done");
  assertEquals(told()[0], [V4!.hostname, V6!.hostname]);
});

Deno.test(
  "a second address is proven even while newer requests overtake it",
  NO_PERMISSIONS,
  () => {
    const { hans, told } = started();
    const token = tokenFor(hans, V4!);
    const proof = hans.message({ verb: "move", user: "hans", token, isAlso: true });
    assertEquals(hans.heartbeat()?.kind, "done");
    const answer = hans.service.send(proof, V4!);
    assertEquals(hans.read("move", answer)?.kind, "done");
    assertEquals(hans.service.send(proof, V4!), answer, "the same again, if the answer got lost");
    assertEquals(told()[0], [V4!.hostname, V6!.hostname]);
  },
);

Deno.test(
  "a second address of the same kind, or without a good token, is none",
  NO_PERMISSIONS,
  () => {
    const { hans, told } = started();
    const before = told();
    assertEquals(move(hans, MOVED, tokenFor(hans, MOVED), true)?.kind, "moved");
    const elsewhere = tokenFor(hans, { ...V4!, port: 1_234 });
    assertEquals(move(hans, V4!, elsewhere, true)?.kind, "moved");
    const old = tokenFor(hans, V4!);
    for (let now = 2_000; now <= 12_000; now += 2_000) hans.heartbeat(now);
    assertEquals(move(hans, V4!, old, true, 12_000)?.kind, "moved");
    assertEquals(told(12_000).flat(), before.flat());
  },
);

Deno.test("a second address counts until the session moves, or for a while", NO_PERMISSIONS, () => {
  {
    const { hans, told } = started();
    add(hans, V4!);
    const token = tokenFor(hans, MOVED);
    assertEquals(move(hans, MOVED, token)?.kind, "done");
    assertEquals(told()[0], [MOVED.hostname, undefined]);
  }
  const { hans, told } = started();
  add(hans, V4!);
  const last = OTHER_ADDRESS_MS + 1;
  for (let now = 2_000; now < last; now += 2_000) hans.heartbeat(now);
  hans.heartbeat(last);
  assertEquals(told(last)[0], [V6!.hostname, undefined]);
});

Deno.test(
  "a message to move is none to be elsewhere as well, and the other way round",
  NO_PERMISSIONS,
  () => {
    const { hans, told } = started();
    const token = tokenFor(hans, V4!);
    assertEquals(move(hans, V4!, token, true)?.kind, "done");
    assertEquals(hans.heartbeat()?.kind, "done", "it has not moved");
    assertEquals(move(hans, V4!, tokenFor(hans, V4!))?.kind, "done");
    assertEquals(told()[0], [V4!.hostname, undefined], "it has moved");
  },
);
