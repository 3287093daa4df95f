/**
 * The index's certificate authority: what it signs, for whom, and how often.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { X509Certificate } from "node:crypto";
import { BitTrickleError } from "../../lib/errors.ts";
import { Certificates } from "../../lib/index/certificates.ts";
import { CERTIFICATES_PER_USER } from "../../lib/index/session_certificates.ts";
import type { Reply } from "../../lib/protocol/messages.ts";
import { TestService } from "../support/test_service.ts";
import { HANS } from "../support/users.ts";
import vectors from "../protocol/vectors/certificates.json" with { type: "json" };

const PURE = { permissions: "none" } as const;
const SEED = Uint8Array.fromHex(vectors.authority.seed);
const [PEER] = vectors.peers as [typeof vectors.peers[0]];

function parsed(certificate: string): X509Certificate {
  return new X509Certificate(bytesOf(certificate));
}

function bytesOf(certificate: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromBase64(certificate, { alphabet: "base64url" });
}

function spkiOf(certificate: X509Certificate): string {
  const spki = new Uint8Array(certificate.publicKey.export({ type: "spki", format: "der" }));
  return spki.toBase64({ alphabet: "base64url", omitPadding: true });
}

Deno.test({ name: "the authority follows from the seed", ...PURE }, async () => {
  const [one, same] = [new Certificates(SEED), new Certificates(SEED)];
  const authority = parsed(await one.authority());
  assertEquals(spkiOf(authority), vectors.authority.publicKey);
  assertEquals(spkiOf(parsed(await same.authority())), vectors.authority.publicKey);
  const other = parsed(await new Certificates(SEED.with(0, 1)).authority());
  assert(spkiOf(other) !== vectors.authority.publicKey);
  assertEquals(await one.authority(), await one.authority());
});

Deno.test(
  { name: "a certificate is for the one name that follows from its key", ...PURE },
  async () => {
    const certificates = new Certificates(SEED);
    const authority = parsed(await certificates.authority());
    const leaf = parsed(await certificates.issue(PEER.publicKey));
    assertEquals(spkiOf(leaf), PEER.publicKey);
    assertEquals([leaf.subject ?? "", leaf.subjectAltName], ["", `DNS:${PEER.name}`]);
    assertEquals([authority.ca, leaf.ca], [true, false]);
    assertEquals(leaf.issuer, authority.subject);
    const years = [leaf.validFrom, leaf.validTo].map((date) => new Date(date).getUTCFullYear());
    assertEquals(years, [1970, 9999]);
  },
);

Deno.test(
  { name: "both certificates tell what strict implementations want of them", ...PURE },
  async () => {
    const certificates = new Certificates(SEED);
    const texts = [await certificates.authority(), await certificates.issue(PEER.publicKey)];
    const [authority, leaf] = texts.map((text) => bytesOf(text).toHex());
    const [SUBJECT_KEY, AUTHORITY_KEY] = ["0603551d0e", "0603551d23"];
    assertStringIncludes(authority!, SUBJECT_KEY);
    for (const hex of [authority!, leaf!]) assertStringIncludes(hex, AUTHORITY_KEY);
    // A name without a dot before it, as RFC 5280 section 4.2.1.10 has them.
    const permitted = `8212${new TextEncoder().encode("bittrickle.invalid").toHex()}`;
    assertStringIncludes(authority!, permitted);
  },
);

Deno.test({ name: "an index without the seed has not issued it", ...PURE }, async () => {
  const leaf = parsed(await new Certificates(SEED).issue(PEER.publicKey));
  const [own, other] = await Promise.all([SEED, SEED.with(0, 1)].map(async (seed) => {
    return parsed(await new Certificates(seed).authority()).publicKey;
  }));
  assertEquals([leaf.verify(own!), leaf.verify(other!)], [true, false]);
});

Deno.test({ name: "a key that is not on the curve gets no certificate", ...PURE }, async () => {
  const certificates = new Certificates(SEED);
  const spki = bytesOf(PEER.publicKey);
  const off = spki.with(90, spki[90]! ^ 1).toBase64({ alphabet: "base64url", omitPadding: true });
  const error = await assertRejects(() => certificates.issue(off), BitTrickleError);
  assertEquals(error.code, "malformed");
  assertEquals(spkiOf(parsed(await certificates.issue(PEER.publicKey))), PEER.publicKey);
});

Deno.test(
  { name: "one user's certificates are bounded, also across logins", ...PURE },
  async () => {
    const service = new TestService();
    const { burst, perSecond } = CERTIFICATES_PER_USER;
    let hans = service.member("hans", HANS);
    const session = () => service.index.sealedSession(hans.keys.session)!;
    const issued = async (count: number, now: number) => {
      const all: (Reply | undefined)[] = [];
      for (let i = 0; i < count; i++) {
        const request = { verb: "cert", user: "hans", spki: PEER.publicKey } as const;
        all.push(await service.index.serve(request, session(), now));
      }
      return all.filter((reply) => reply?.kind === "certificate").length;
    };
    assertEquals(await issued(burst + 1, 0), burst);
    hans = service.member("hans", HANS);
    assertEquals(await issued(1, 0), 0);
    assertEquals(await issued(perSecond + 1, 1_000), perSecond);
  },
);

Deno.test({ name: "who has a certificate is told by its name", ...PURE }, async () => {
  const service = new TestService();
  const hans = service.member("hans", HANS);
  const session = service.index.sealedSession(hans.keys.session)!;
  const off = PEER.publicKey.slice(0, -4) + "AAAA";
  const cert = (spki: string) =>
    service.index.serve({ verb: "cert", user: "hans", spki }, session, 0);
  session.tlsLabel = undefined;
  assertEquals((await cert(off))?.kind, "error");
  assertEquals(session.tlsLabel, undefined);
  await cert(PEER.publicKey);
  assertEquals(session.tlsLabel, PEER.label);
});
