import { assert, assertEquals } from "@std/assert";
import { deriveResetKey } from "../../../lib/index/login/server_keys.ts";
import { ResetValues } from "../../../lib/index/sessions/reset_values.ts";
import { openTicket } from "../../../lib/protocol/ticket.ts";
import {
  decoded,
  INSTANCE,
  type ServiceClient,
  SETUP,
  TestService,
} from "../../support/test_service.ts";
import { LAN, VADER } from "../../support/users.ts";

const DETAILS = { size: 5, id: "ab".repeat(32) };

function valuesOf(setup: string, instance = INSTANCE): ResetValues {
  return new ResetValues(deriveResetKey(setup, instance));
}

/** The reset that `member`'s next message is answered with by `service`. */
function resetBy(service: TestService, member: ServiceClient): string {
  const reset = decoded(service.send(member.message({ verb: "lap", user: member.user }), LAN));
  assert(reset?.kind === "reset" && reset.session === member.keys.session);
  return reset.value;
}

/** The ticket that `asker` is told for the file of hans. */
function ticketFor(asker: ServiceClient): string {
  const reply = asker.ask({ verb: "get", user: asker.user, name: "a.txt" });
  assert(reply?.kind === "sources");
  return reply.sources[0]!.pass!.ticket;
}

Deno.test({
  name: "ResetValues differ from session to session and from server to server, and are 16 bytes",
  permissions: "none",
}, () => {
  const sessions = Array.from({ length: 100 }, (_, i) => `AAAAAAAA${String(i).padStart(2, "0")}A`);
  const values = sessions.map((session) => valuesOf(SETUP).of(session));
  assertEquals(new Set(values).size, sessions.length);
  for (const value of values) assert(/^[A-Za-z0-9_-]{22}$/.test(value));
  assert(valuesOf("A".repeat(171)).of(sessions[0]!) !== values[0]);
  assert(valuesOf(SETUP, "another").of(sessions[0]!) !== values[0]);
});

Deno.test({
  name: "a reset after a restart with the same keys has the value that the welcome told",
  permissions: "none",
}, () => {
  const service = new TestService();
  const hans = service.member("hans", LAN);
  const told = hans.proofs?.resetValue;
  assertEquals(resetBy(new TestService(), hans), told);
  const vader = service.member("vader", LAN);
  assert(vader.proofs?.resetValue !== told);
});

Deno.test({
  name: "the index that knows a session tells its value to nobody who cannot speak for it",
  permissions: "none",
}, () => {
  const service = new TestService();
  const hans = service.member("hans", LAN);
  const message = hans.message({ verb: "lap", user: "hans" });
  message[message.length - 1]! ^= 1;
  for (const from of [LAN, VADER]) assertEquals(service.send(message, from), undefined);
});

Deno.test({
  name: "tickets open with the keys of the session that they are for, and of no later one",
  permissions: "none",
}, () => {
  const service = new TestService();
  const hans = service.member("hans", LAN);
  const vader = service.member("vader", VADER);
  hans.ask({ verb: "pub", user: "hans", name: "a.txt", details: DETAILS });
  const tickets = [ticketFor(vader), ticketFor(vader)];
  assert(tickets[0] !== tickets[1]);
  const again = service.member("hans", LAN);
  for (const ticket of tickets) {
    assertEquals(openTicket(hans.keys.tickets, ticket)?.downloader, "vader");
    assertEquals(openTicket(again.keys.tickets, ticket), undefined);
  }
  assertEquals(openTicket(again.keys.tickets, ticketFor(vader))?.downloader, "vader");
});
