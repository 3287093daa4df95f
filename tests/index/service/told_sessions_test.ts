/**
 * What the index tells of the devices and folders of sessions, and to whom.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { SessionDetails } from "../../../lib/protocol/messages.ts";
import { DATAGRAM_BYTES } from "../../../lib/protocol/limits.ts";
import { SHARE } from "../../support/sealed_as.ts";
import { ServiceClient, TestService } from "../../support/test_service.ts";
import { HANS, LAN, VADER } from "../../support/users.ts";

const PURE = { permissions: "none" } as const;

/** The sessions that `asker` is told, by user. */
function sessionsFor(asker: ServiceClient): [user: string, SessionDetails][] {
  const reply = asker.ask({ verb: "lap", user: asker.user, isDetailed: true });
  assert(reply?.kind === "list" && reply.sessions);
  return reply.items.map((user, i) => [user, reply.sessions![i]!]);
}

Deno.test({ name: "all are told the device, and the folder only its own user", ...PURE }, () => {
  const service = new TestService();
  const told = { device: "lab pc", folder: "~/thesis" };
  const hans = new ServiceClient(service, "hans", HANS, undefined, SHARE, told);
  assertEquals(hans.logIn()?.kind, "welcome");
  const other = service.member("hans", LAN);
  const vader = service.member("vader", VADER);
  const placesFor = (asker: ServiceClient) => {
    return sessionsFor(asker).map(([user, { device, folder }]) => [user, device, folder]);
  };
  const silent = [["hans", undefined, undefined], ["vader", undefined, undefined]];
  assertEquals(placesFor(other), [["hans", "lab pc", "~/thesis"], ...silent]);
  assertEquals(placesFor(vader), [["hans", "lab pc", undefined], ...silent]);
});

Deno.test({ name: "the longest login of the longest user fits into a datagram", ...PURE }, () => {
  const user = "🎬".repeat(64);
  const service = new TestService(`${user} pw-${user.slice(0, 8)}`);
  const told = { device: "x".repeat(64), folder: "y".repeat(200) };
  const client = new ServiceClient(service, user, LAN, `pw-${user.slice(0, 8)}`, SHARE, told);
  assert(client.readyLogin().length <= DATAGRAM_BYTES);
  const again = new ServiceClient(service, user, LAN, `pw-${user.slice(0, 8)}`, SHARE, told);
  assertEquals(again.logIn()?.kind, "welcome");
});
