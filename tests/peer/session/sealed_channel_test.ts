import { assert, assertEquals } from "@std/assert";
import { SealedChannel } from "../../../lib/peer/session/sealed_channel.ts";
import { TICKET_MS } from "../../../lib/protocol/limits.ts";
import { messageHeader } from "../../../lib/protocol/sealed_message.ts";
import { encodeSealedReply } from "../../../lib/protocol/sealed_reply.ts";
import { sealText } from "../../../lib/protocol/sealed_text.ts";
import { deriveSessionKeys } from "../../../lib/protocol/session_keys.ts";
import { ISSUER_BYTES, type ShownTicket, TicketIssuer } from "../../../lib/protocol/ticket.ts";

const KEYS = deriveSessionKeys("A".repeat(86), new Uint8Array(16));

/** A session at an index whose clock is ahead by so many milliseconds. */
function channelAhead(ms: number): SealedChannel {
  const indexTime = performance.now() + ms;
  return new SealedChannel({ keys: KEYS, indexTime, proofs: { resetValue: "A" } });
}

/** Has a heartbeat answered by the index, whose clock is now ahead by so many milliseconds. */
function beat(channel: SealedChannel, ahead: number): void {
  const { number, take } = channel.carry({ verb: "heartbeat" }, () => {});
  const header = messageHeader(KEYS.session, number);
  const text = encodeSealedReply({ kind: "done", time: Math.floor(performance.now() + ahead) });
  const box = sealText(KEYS.toClient, number, header, text);
  const reply = take({ kind: "message", session: KEYS.session, number, box });
  assertEquals(reply && reply !== "lost" && reply.kind, "done");
  channel.finish(number);
}

/** A ticket that an index issues now whose clock is ahead by so many milliseconds. */
function ticketOf(ahead: number): string {
  const expires = performance.now() + ahead + TICKET_MS;
  const allowed = { downloader: "vader", id: "ab".repeat(32), size: 1, expires };
  return new TicketIssuer(new Uint8Array(ISSUER_BYTES)).issue(KEYS.tickets, allowed);
}

/** The index tells its clock in whole milliseconds. */
function assertFresh(ticket: ShownTicket | undefined): void {
  const leftMs = ticket?.leftMs ?? -Infinity;
  assert(leftMs > TICKET_MS - 10_000 && leftMs <= TICKET_MS + 1, `${leftMs} ms`);
}

Deno.test(
  "tickets open for as long as the clock of the index says",
  { permissions: "none" },
  () => {
    const channel = channelAhead(1_000_000);
    assertFresh(channel.openTicket(ticketOf(1_000_000)));
    assertEquals(channel.openTicket(ticketOf(1_000_000 - TICKET_MS - 1)), undefined);
  },
);

Deno.test("tickets open after the machine of the index slept", { permissions: "none" }, () => {
  const channel = channelAhead(1_000_000);
  beat(channel, 1_000_000 - 80_000);
  assertFresh(channel.openTicket(ticketOf(1_000_000 - 80_000)));
});
