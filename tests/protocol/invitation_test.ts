import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { BitTrickleError } from "../../lib/errors.ts";
import { type Addresses, formatAddress } from "../../lib/protocol/address.ts";
import {
  formatInvitation,
  type Invitation,
  invitationName,
  isInvitationName,
  parseInvitation,
} from "../../lib/protocol/invitation.ts";
import { credentials } from "./arbitraries.ts";
import { base64 } from "./sealed_arbitraries.ts";
import vectors from "./vectors/invitations.json" with { type: "json" };

const A = { hostname: "a-b.c", port: 1 };
const PURE = { permissions: "none" } as const;

const servers = fc.uniqueArray(
  fc.record({
    hostname: fc.constantFrom("lab.example", "192.0.2.10", "::1", "localhost", "ünal.example"),
    port: fc.integer({ min: 1, max: 65_535 }),
  }),
  { minLength: 1, maxLength: 8, selector: formatAddress },
) as unknown as fc.Arbitrary<Addresses>;

const GOOD = vectors.good as unknown as { readonly line: string; readonly value: Invitation }[];

const invitations: fc.Arbitrary<Invitation> = fc.record({
  index: servers,
  user: credentials,
  opaqueKey: base64(32),
  signingKey: base64(32),
  name: base64(12).map((text) => `invitation:${text}`),
  secret: base64(16),
  expires: fc.integer({ min: 0, max: 0xffff_ffff }),
});

Deno.test({ name: "the vectors of invitations hold", ...PURE }, () => {
  for (const { line, value } of GOOD) {
    assertEquals(parseInvitation(line), value);
    assertEquals(formatInvitation(value), line);
  }
  for (const bad of vectors.malformed) {
    const error = assertThrows(() => parseInvitation(bad), BitTrickleError, "the invitation: ");
    assertEquals(error.code, "usage", bad);
  }
});

Deno.test({ name: "what an invitation says is read as it was written", ...PURE }, () => {
  fc.assert(fc.property(invitations, (invitation) => {
    assertEquals(parseInvitation(` ${formatInvitation(invitation)}\r\n`), invitation);
  }));
});

Deno.test({ name: "an invitation is words to no shell, and one line", ...PURE }, () => {
  fc.assert(fc.property(invitations, (invitation) => {
    const line = formatInvitation({ ...invitation, index: [A, { ...A, port: 2 }] });
    assert(/^[A-Za-z0-9:/@%._,-]+$/.test(line), line);
  }));
});

Deno.test({ name: "an invitation with another character is none", ...PURE }, () => {
  const other = fc.tuple(invitations, fc.nat(), fc.constantFrom(..."aZ0-_%@: é"));
  fc.assert(fc.property(other, ([invitation, at, character]) => {
    const line = formatInvitation(invitation);
    const place = at % line.length;
    const damaged = line.slice(0, place) + character + line.slice(place + 1);
    if (damaged.trim() === line) return;
    assertThrows(() => parseInvitation(damaged), BitTrickleError, "Cannot read the invitation");
  }));
});

Deno.test({ name: "whatever is no invitation is a usage error and nothing else", ...PURE }, () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const error = assertThrows(() => parseInvitation(`bittrickle://${text}`), BitTrickleError);
    assertEquals(error.code, "usage");
  }));
});

Deno.test({ name: "the account of an invitation is told by its name", ...PURE }, () => {
  assert(isInvitationName(invitationName(new Uint8Array(12))));
  for (const name of ["leia", "invitation:", "invitation:AAAAAAAAAAAAAAA", ""]) {
    assert(!isInvitationName(name), name);
  }
});
