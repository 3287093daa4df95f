import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { BitTrickleError } from "../../lib/errors.ts";
import { LINE_BYTES } from "../../lib/protocol/transfer.ts";
import {
  decodeAnswer,
  decodeOpening,
  decodeTransferReply,
  decodeTransferRequest,
  deriveTransferKeys,
  encodeAnswer,
  encodeOpening,
  encodeTransferReply,
  encodeTransferRequest,
  type TransferRefusal,
  type TransferReply,
  type TransferRequest,
} from "../../lib/protocol/transfer.ts";
import { base64, throwsOnlyMalformed } from "./sealed_arbitraries.ts";

const tickets = fc.nat(440).chain((length) => base64(length + 1));
const nonces = base64(16);
const refusals = fc.constantFrom<TransferRefusal>(400, 403, 404, 410, 416, 503);

/** What is sent of a line, but for its end. */
function lineOf(bytes: Uint8Array): Uint8Array {
  assertEquals(bytes.at(-1), 0x0a);
  return bytes.subarray(0, -1);
}

Deno.test({ name: "an opening reads back, and fits into a line", permissions: "none" }, () => {
  fc.assert(fc.property(tickets, nonces, (ticket, nonce) => {
    const bytes = encodeOpening({ ticket, nonce });
    assertEquals(decodeOpening(lineOf(bytes)), { ticket, nonce });
    assert(bytes.length <= LINE_BYTES);
  }));
});

Deno.test({ name: "an answer reads back", permissions: "none" }, () => {
  const answers = fc.oneof(
    nonces.map((nonce) => ({ nonce })),
    fc.constantFrom<TransferRefusal>(400, 403, 404, 410).map((refusal) => ({ refusal })),
  );
  fc.assert(fc.property(answers, (answer) => {
    assertEquals(decodeAnswer(lineOf(encodeAnswer(answer))), answer);
  }));
});

Deno.test({ name: "a request reads back", permissions: "none" }, () => {
  const pieces = fc.tuple(fc.nat(1_000), fc.integer({ min: 1, max: 1_000 }));
  const what: fc.Arbitrary<TransferRequest> = fc.oneof(
    fc.constant({ verb: "layer" }),
    pieces.map(([first, count]): TransferRequest => ({ verb: "pieces", first, count })),
    pieces.map(([first, count]): TransferRequest => ({ verb: "have", first, count })),
    fc.uniqueArray(fc.nat(1_048_575), { minLength: 1, maxLength: 64 })
      .map((pieces): TransferRequest => ({ verb: "choice", pieces })),
    fc.nat(1_048_575).map((piece): TransferRequest => ({ verb: "bad", piece })),
  );
  const requests = fc.tuple(what, fc.option(tickets, { nil: undefined }))
    .map(([what, ticket]) => ticket === undefined ? what : { ...what, ticket });
  fc.assert(fc.property(requests, (request) => {
    assertEquals(decodeTransferRequest(encodeTransferRequest(request)), request);
  }));
});

Deno.test({ name: "a reply reads back", permissions: "none" }, () => {
  const numbers = fc.nat(99_999_999);
  const replies: fc.Arbitrary<TransferReply> = fc.oneof(
    numbers.map((count): TransferReply => ({ kind: "records", count })),
    numbers.map((position): TransferReply => ({ kind: "queued", position })),
    refusals.map((code): TransferReply => ({ kind: "refused", code })),
  );
  fc.assert(fc.property(replies, (reply) => {
    assertEquals(decodeTransferReply(encodeTransferReply(reply)), reply);
  }));
});

Deno.test({ name: "whatever comes is read or malformed", permissions: "none" }, () => {
  const decoders = [decodeOpening, decodeAnswer, decodeTransferRequest, decodeTransferReply];
  const lines = fc.oneof(
    fc.uint8Array(),
    fc.string().map((text) => new TextEncoder().encode(text)),
  );
  fc.assert(fc.property(fc.constantFrom(...decoders), lines, (decode, line) => {
    return throwsOnlyMalformed(() => decode(line));
  }));
});

Deno.test(
  { name: "requests beyond the end of any file are malformed", permissions: "none" },
  () => {
    const bad = ["pieces 0 0", "pieces 1048576 1", "pieces -1 1", "pieces 1e3 1", "pieces 01 1"];
    bad.push("bad 1048576", "bad -1", "bad 01", "bad", "bad 1 a b", "bad 1 ");
    bad.push("choice", "choice 1,", "choice 1,1", "choice 01", "choice 1048576", "have 0 0");
    bad.push(
      "have 0 262145",
      "have 1048575 2",
      `choice ${Array.from({ length: 65 }).fill(0).map((_, i) => i)}`,
    );
    for (const text of [...bad, "layer ", "layers", "pieces 1", "", "pieces 0 1 a b"]) {
      const bytes = new TextEncoder().encode(text);
      assertThrows(() => decodeTransferRequest(bytes), BitTrickleError);
    }
  },
);

Deno.test({ name: "no two connections have a key in common", permissions: "none" }, () => {
  const key = new Uint8Array(32).fill(1);
  const [a, b] = ["A".repeat(22), "B".repeat(22)];
  const all = [deriveTransferKeys(key, a, a), deriveTransferKeys(key, a, b)]
    .concat(deriveTransferKeys(key, b, a), deriveTransferKeys(key.with(0, 2), a, a))
    .flatMap(({ toSource, toDownloader }) => [toSource.toHex(), toDownloader.toHex()]);
  assertEquals(new Set(all).size, all.length);
  assertNotEquals(all.length, 0);
});
