import { assert, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { TICKET_CHARACTERS } from "../../lib/protocol/limits.ts";
import { ISSUER_BYTES, isTicket, openTicket, TicketIssuer } from "../../lib/protocol/ticket.ts";
import { credentials } from "./arbitraries.ts";

const KEY = new Uint8Array(32).fill(7);
const ISSUER = new Uint8Array(ISSUER_BYTES).fill(9);
const TICKET = { downloader: "leia", id: "ab".repeat(32), size: 5, expires: 61_234.5 };

function issue(): string {
  return new TicketIssuer(ISSUER).issue(KEY, TICKET);
}

const ids = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((id) => id.toHex());
const keys = fc.uint8Array({ minLength: 32, maxLength: 32 });

Deno.test({ name: "a ticket opens to what it was issued for", permissions: "none" }, () => {
  const numbers = fc.maxSafeNat().filter((number) => number < Number.MAX_SAFE_INTEGER);
  const issuers = fc.uint8Array({ minLength: ISSUER_BYTES, maxLength: ISSUER_BYTES });
  const tickets = fc.record({
    downloader: credentials,
    id: ids,
    size: fc.maxSafeNat(),
    expires: fc.double({ min: 0, max: 1e15, noNaN: true }),
  });
  fc.assert(fc.property(keys, issuers, numbers, tickets, (key, issuer, number, ticket) => {
    const text = new TicketIssuer(issuer, number).issue(key, ticket);
    assert(isTicket(text));
    assertEquals(openTicket(key, text), ticket);
  }));
});

Deno.test({ name: "a ticket opens under its key only, and not with a bit changed" }, () => {
  const ticket = issue();
  assertEquals(openTicket(KEY.with(0, 8), ticket), undefined);
  const bytes = Uint8Array.fromBase64(ticket, { alphabet: "base64url" });
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = bytes.with(bit >> 3, bytes[bit >> 3]! ^ (1 << (bit & 7)));
    const text = flipped.toBase64({ alphabet: "base64url", omitPadding: true });
    assertEquals(openTicket(KEY, text), undefined);
  }
});

Deno.test({ name: "a ticket has one spelling", permissions: "none" }, () => {
  const ticket = issue(); // 92 bytes leave bits over.
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const opening = [...digits].filter((last) => openTicket(KEY, ticket.slice(0, -1) + last));
  assertEquals(opening, [ticket.at(-1)]);
});

Deno.test({ name: "what is no ticket does not open", permissions: "none" }, () => {
  for (const text of ["", "x", "AAAA", "\n", "x".repeat(TICKET_CHARACTERS + 1)]) {
    assertEquals(openTicket(KEY, text), undefined);
  }
  fc.assert(fc.property(fc.string(), (text) => {
    assertEquals(openTicket(KEY, text), undefined);
  }));
});

Deno.test({ name: "no two tickets are the same", permissions: "none" }, () => {
  const issuer = new TicketIssuer(ISSUER);
  assertNotEquals(issuer.issue(KEY, TICKET), issuer.issue(KEY, TICKET));
});

Deno.test({
  name: "two who issue the same ticket under the same number seal it under different keys",
  permissions: "none",
}, () => {
  const boxOf = (ticket: string) => {
    return Uint8Array.fromBase64(ticket, { alphabet: "base64url" }).subarray(ISSUER_BYTES);
  };
  const other = new TicketIssuer(ISSUER.with(0, 1)).issue(KEY, TICKET);
  assertNotEquals(boxOf(other), boxOf(issue()));
  assertEquals(openTicket(KEY, other), openTicket(KEY, issue()));
});
