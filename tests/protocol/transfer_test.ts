import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { BitTrickleError } from "../../lib/errors.ts";
import {
  decodeTransferReply,
  decodeTransferRequest,
  encodeTransferReply,
  encodeTransferRequest,
  REQUEST_BYTES,
  type TransferRefusal,
  type TransferReply,
  type TransferRequest,
} from "../../lib/protocol/transfer.ts";
import { base64, throwsOnlyMalformed } from "./sealed_arbitraries.ts";

const tickets = fc.nat(440).chain((length) => base64(length + 1));
const refusals = fc.constantFrom<TransferRefusal>(400, 403, 404, 410, 416, 503);

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
    const text = encodeTransferRequest(request);
    assert(text.length <= REQUEST_BYTES);
    assertEquals(decodeTransferRequest(text), request);
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
  const decoders = [decodeTransferRequest, decodeTransferReply];
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
