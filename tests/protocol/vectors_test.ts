/**
 * The test vectors of docs/protocol.md, which other implementations can read too.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { BitTrickleError } from "../../lib/errors.ts";
import { deriveResetKey, deriveServerKeys } from "../../lib/index/login/server_keys.ts";
import { ResetValues } from "../../lib/index/sessions/reset_values.ts";
import { open, seal } from "../../lib/protocol/aead.ts";
import { decodeSealedLogin, encodeSealedLogin } from "../../lib/protocol/login_text.ts";
import type { Verb } from "../../lib/protocol/messages.ts";
import { credentialFault, nameFault } from "../../lib/protocol/names.ts";
import { decodePlainReply, formatPlainReply } from "../../lib/protocol/plain_reply.ts";
import { decodePlainRequest, encodePlainRequest } from "../../lib/protocol/plain_request.ts";
import * as datagram from "../../lib/protocol/sealed_datagram.ts";
import { messageHeader, welcomeHeader } from "../../lib/protocol/sealed_message.ts";
import { decodeSealedReply, encodeSealedReply } from "../../lib/protocol/sealed_reply.ts";
import * as request from "../../lib/protocol/sealed_request.ts";
import { openText, sealText } from "../../lib/protocol/sealed_text.ts";
import { deriveLoginKey, deriveSessionKeys } from "../../lib/protocol/session_keys.ts";
import { isSignedBy, Signer } from "../../lib/protocol/signature.ts";
import { openAtRandom } from "../../lib/protocol/sodium_aead.ts";
import { encodeBitmap, encodeChosen } from "../../lib/protocol/swarm_records.ts";
import { openTicket, TicketIssuer } from "../../lib/protocol/ticket.ts";
import { isLabel, isPublicKey, labelOf, tlsNameOf } from "../../lib/protocol/tls.ts";
import * as transfer from "../../lib/protocol/transfer.ts";
import { decodeUtf8, encodeUtf8 } from "../../lib/protocol/utf8.ts";
import {
  bucketOf,
  BUCKETS,
  formatBucket,
  parseBucket,
  ShareSums,
} from "../../lib/protocol/digest.ts";
import boxes from "./vectors/boxes.json" with { type: "json" };
import cookies from "./vectors/cookies.json" with { type: "json" };
import datagrams from "./vectors/datagrams.json" with { type: "json" };
import names from "./vectors/names.json" with { type: "json" };
import plain from "./vectors/plain.json" with { type: "json" };
import replies from "./vectors/replies.json" with { type: "json" };
import requests from "./vectors/requests.json" with { type: "json" };
import sessionKeys from "./vectors/session_keys.json" with { type: "json" };
import signatures from "./vectors/signatures.json" with { type: "json" };
import certificates from "./vectors/certificates.json" with { type: "json" };
import tickets from "./vectors/ticket.json" with { type: "json" };
import shares from "./vectors/share.json" with { type: "json" };
import transfers from "./vectors/transfer.json" with { type: "json" };

interface Good<T> {
  readonly value: T;
}

/** Registers one test for a file of vectors, or a part of one. */
function vectors(what: string, run: () => void): void {
  Deno.test({ name: `the vectors of ${what} hold`, permissions: "none" }, run);
}

/** `value` as JSON has it: bytes in hexadecimal. */
function toJson(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, it) => it instanceof Uint8Array ? it.toHex() : it),
  );
}

/** Checks that `text` is what `decode` reads as `value`, and, of several spellings, `encode` writes. */
function assertCodec<T>(
  { value }: Good<unknown>,
  bytes: Uint8Array,
  decode: (bytes: Uint8Array) => T,
  encode?: (value: T) => Uint8Array,
): void {
  const decoded = decode(bytes);
  assertEquals(toJson(decoded), value);
  if (encode) assertEquals(decodeUtf8(encode(decoded)), decodeUtf8(bytes));
}

function assertMalformed(decode: (bytes: Uint8Array) => unknown, bytes: Uint8Array): string {
  const error = assertThrows(() => ({ [decodeUtf8(bytes)]: decode(bytes) }), BitTrickleError);
  assertEquals(error.code, "malformed", decodeUtf8(bytes));
  return error.message;
}

vectors("session keys", () => {
  for (const { sessionKey, salt, loginKey, session, keys } of sessionKeys.vectors) {
    const derived = deriveSessionKeys(sessionKey, Uint8Array.fromHex(salt));
    const { toIndex, toClient, moves, tickets, session: name } = derived;
    assertEquals(name, session);
    assertEquals(toJson({ to_index: toIndex, to_client: toClient, moves, tickets }), keys);
    assertEquals(deriveLoginKey(sessionKey).toHex(), loginKey);
  }
});

vectors("reset values", () => {
  for (const { resetKey, session, value } of sessionKeys.resets) {
    assertEquals(new ResetValues(Uint8Array.fromHex(resetKey)).of(session), value);
  }
});

vectors("boxes", () => {
  for (const { kind, number, ...rest } of boxes.vectors) {
    const [key, header] = [Uint8Array.fromHex(rest.key), Uint8Array.fromHex(rest.header)];
    const [text, box] = [Uint8Array.fromHex(rest.text), Uint8Array.fromHex(rest.box)];
    assertEquals(seal(key, number, header, text), box, kind);
    assertEquals(open(key, number, header, box)?.toHex(), rest.text, kind);
  }
});

vectors("padded texts", () => {
  for (const { kind, number, text, ...rest } of boxes.texts) {
    const [key, header] = [Uint8Array.fromHex(rest.key), Uint8Array.fromHex(rest.header)];
    assertEquals(sealText(key, number, header, encodeUtf8(text)).toHex(), rest.box, kind);
    const opened = openText(key, number, header, Uint8Array.fromHex(rest.box));
    assertEquals(opened && decodeUtf8(opened), text, kind);
  }
  for (const { why, number, padded, ...rest } of boxes.badlyPadded) {
    const [key, header] = [Uint8Array.fromHex(rest.key), Uint8Array.fromHex(rest.header)];
    const box = Uint8Array.fromHex(rest.box);
    assertEquals(open(key, number, header, box)?.toHex(), padded, why);
    assertEquals(openText(key, number, header, box), undefined, why);
  }
});

vectors("headers", () => {
  const { session, salt } = sessionKeys.vectors[0]!;
  const { LOGIN_HEADER } = datagram;
  for (const { kind, number, header } of boxes.texts) {
    const login = kind.startsWith("login") ? LOGIN_HEADER : undefined;
    const welcome = number === 0 ? welcomeHeader(Uint8Array.fromHex(salt), session) : undefined;
    assertEquals((login ?? welcome ?? messageHeader(session, number)).toHex(), header, kind);
  }
});

vectors("signatures", () => {
  const { setup, seed, resetKeys, publicKey, good, wrong } = signatures;
  const { signingSeed } = deriveServerKeys(setup);
  assertEquals(signingSeed.toHex(), seed);
  for (const { instance, resetKey } of resetKeys) {
    assertEquals(deriveResetKey(setup, instance).toHex(), resetKey);
  }
  const signer = new Signer(signingSeed);
  assertEquals(signer.publicKey, publicKey);
  type Signed = datagram.Unsigned;
  for (const { signed, value, ...hello } of good) {
    assertEquals(datagram.signedTextOf(value as Signed, hello), signed);
    assertEquals(signer.sign(signed), value.signature);
    assertEquals(isSignedBy(publicKey, signed, value.signature), true);
  }
  for (const { why, value, ...hello } of wrong) {
    const text = datagram.signedTextOf(value as Signed, hello);
    assertEquals(isSignedBy(publicKey, text, value.signature), false, why);
  }
});

vectors("cookies", () => {
  for (const { key, header, text, cookie } of cookies.vectors) {
    const bytes = Uint8Array.fromBase64(cookie, { alphabet: "base64url" });
    const opened = openAtRandom(Uint8Array.fromHex(key), encodeUtf8(header), bytes);
    assertEquals(opened?.toHex(), text);
  }
});

vectors("datagrams", () => {
  const { decodeSealedDatagram, encodeSealedDatagram, echoOf } = datagram;
  const bytesOf = ({ text, paddedTo = 0 }: { readonly text: string; readonly paddedTo?: number }) =>
    encodeUtf8(text + " ".repeat(Math.max(0, paddedTo - encodeUtf8(text).length)));
  for (const good of datagrams.good) {
    assertCodec(good, bytesOf(good), decodeSealedDatagram, encodeSealedDatagram);
  }
  for (const { bytes, value } of datagrams.binary) {
    const decoded = decodeSealedDatagram(Uint8Array.fromHex(bytes));
    assertEquals(toJson(decoded), value);
    assertEquals(encodeSealedDatagram(decoded).toHex(), bytes);
  }
  for (const bad of datagrams.malformed) assertMalformed(decodeSealedDatagram, bytesOf(bad));
  for (const bad of datagrams.malformedBinary) {
    assertThrows(() => decodeSealedDatagram(Uint8Array.fromHex(bad)), BitTrickleError);
  }
  for (const { ke1, echo } of datagrams.echoes) assertEquals(echoOf(ke1), echo);
});

vectors("requests", () => {
  const decode = (text: Uint8Array) => request.decodeSealedRequest(text, "hans");
  for (const good of requests.good) {
    assertCodec(good, encodeUtf8(good.text), decode, request.encodeSealedRequest);
  }
  for (const good of requests.alsoTaken) assertCodec(good, encodeUtf8(good.text), decode);
  for (const bad of requests.malformed) assertMalformed(decode, encodeUtf8(bad));
  for (const good of requests.logins.good) {
    assertCodec(good, encodeUtf8(good.text), decodeSealedLogin, encodeSealedLogin);
  }
  for (const bad of requests.logins.malformed) assertMalformed(decodeSealedLogin, encodeUtf8(bad));
});

vectors("replies", () => {
  for (const { verb, wanted, text, value } of replies.good) {
    const decoded = decodeSealedReply(verb as Verb, encodeUtf8(text), wanted);
    // Of a list without details, JSON has nothing for those that nothing is known of.
    assertEquals(toJson(decoded), value);
    if (decoded.kind !== "sources") assertEquals(decodeUtf8(encodeSealedReply(decoded)), text);
  }
  for (const { verb, text } of replies.malformed) {
    assertMalformed((bytes) => decodeSealedReply(verb as Verb, bytes), encodeUtf8(text));
  }
});

vectors("shares", () => {
  for (const { files, sums, digest } of shares.shares) {
    const share = new ShareSums();
    for (const { name, bucket, ...known } of files) {
      assertEquals(formatBucket(bucketOf(name)), bucket);
      const { size, id } = known as { size?: number; id?: string };
      const details = size === undefined ? undefined : id === undefined ? { size } : { size, id };
      share.change("other", details, 1);
      share.change(name, details, 1);
      share.change("other", details, -1);
    }
    const told = Object.entries(sums).map(([bucket, sum]) => [parseBucket(bucket), sum]);
    const found = Array.from({ length: BUCKETS }, (_, bucket) => [bucket, share.of(bucket)]);
    assertEquals(found.filter(([, sum]) => sum !== undefined), told);
    assertEquals(share.digest(), digest);
  }
});

vectors("certificates", () => {
  const { authority, peers, malformedKeys } = certificates;
  assertEquals(deriveServerKeys(signatures.setup).authoritySeed.toHex(), authority.seed);
  for (const { publicKey, label, name } of peers) {
    assertEquals([isPublicKey(publicKey), labelOf(publicKey)], [true, label]);
    assertEquals([isLabel(label), tlsNameOf(label)], [true, name]);
  }
  for (const bad of malformedKeys) assertEquals(isPublicKey(bad), false, bad);
});

vectors("tickets", () => {
  for (const { ticketKey, issuer, number, ticket, encoded } of tickets.vectors) {
    const key = Uint8Array.fromHex(ticketKey);
    const issued = new TicketIssuer(Uint8Array.fromHex(issuer), number - 1);
    assertEquals(issued.issue(key, ticket), encoded);
    assertEquals(openTicket(key, encoded), ticket);
  }
});

vectors("what is said in transfers", () => {
  const { decodeTransferRequest, encodeTransferRequest } = transfer;
  const { decodeTransferReply, encodeTransferReply } = transfer;
  for (const good of transfers.requests.good) {
    assertCodec(good, encodeUtf8(good.text), decodeTransferRequest, encodeTransferRequest);
  }
  for (const bad of transfers.requests.malformed) {
    assertMalformed(decodeTransferRequest, encodeUtf8(bad));
  }
  for (const good of transfers.replies.good) {
    assertCodec(good, encodeUtf8(good.text), decodeTransferReply, encodeTransferReply);
  }
  for (const bad of transfers.replies.malformed) {
    assertMalformed(decodeTransferReply, encodeUtf8(bad));
  }
  for (const { end, pieces, bytes, ...asked } of transfers.bitmaps) {
    assertEquals(encodeBitmap(asked, end, (piece) => pieces.includes(piece)).toHex(), bytes);
  }
  for (const { piece, bytes } of transfers.chosen) {
    assertEquals(encodeChosen(piece).toHex(), bytes);
  }
});

vectors("the plain protocol", () => {
  for (const good of plain.requests.good) {
    assertCodec(good, encodeUtf8(good.text), decodePlainRequest, encodePlainRequest);
  }
  for (const { text, reason } of plain.requests.malformed) {
    assertEquals(assertMalformed(decodePlainRequest, encodeUtf8(text)), reason);
  }
  for (const { verb, text, value } of plain.replies) {
    const decoded = decodePlainReply(verb as Verb, encodeUtf8(text));
    assertEquals(toJson(decoded), value);
    assertEquals(formatPlainReply(decoded), text);
  }
});

vectors("names and credentials", () => {
  const faultless = (texts: readonly string[], faultOf: (text: string) => string | undefined) =>
    texts.filter((text) => faultOf(text) === undefined);
  assertEquals(faultless(names.names.good, nameFault), names.names.good);
  assertEquals(faultless(names.names.bad, nameFault), []);
  assertEquals(faultless(names.credentials.good, credentialFault), names.credentials.good);
  assertEquals(faultless(names.credentials.bad, credentialFault), []);
});
