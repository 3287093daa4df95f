import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { BitTrickleError } from "../../lib/errors.ts";
import type { PublishedFile } from "../../lib/protocol/messages.ts";
import {
  filesOf,
  packPublications,
  PUBLICATIONS_PER_REQUEST,
} from "../../lib/protocol/publication_rows.ts";
import { TEXT_BYTES } from "../../lib/protocol/sealed_message.ts";
import { decodeSealedRequest, encodeSealedRequest } from "../../lib/protocol/sealed_request.ts";
import { details, longNames, names } from "./sealed_arbitraries.ts";

const PURE = { permissions: "none" } as const;
const user = "hans";

const files: fc.Arbitrary<PublishedFile> = fc.record(
  { name: fc.oneof({ weight: 4, arbitrary: names }, { weight: 1, arbitrary: longNames }), details },
  { requiredKeys: ["name"] },
);

/** What the index reads out of what is packed, a list for each request. */
function sent(files: Iterable<PublishedFile>, most?: number): (readonly PublishedFile[])[] {
  return Array.from(packPublications(files, most), (request) => {
    const text = encodeSealedRequest({ ...request, user });
    assert(text.length <= TEXT_BYTES, `${text.length} bytes`);
    const decoded = decodeSealedRequest(text, user);
    assert(decoded.verb === "pub");
    return filesOf(decoded);
  });
}

function numbered(count: number): PublishedFile[] {
  return Array.from({ length: count }, (_, i) => ({ name: `${i}` }));
}

Deno.test("requests that fit publish any list of files in its order", PURE, () => {
  fc.assert(
    fc.property(fc.array(files, { maxLength: 120 }), (files) => {
      assertEquals(sent(files).flat(), files);
    }),
    { numRuns: 200 },
  );
});

Deno.test("no file is left for the next request that has a place in this one", PURE, () => {
  const unique = fc.uniqueArray(files, { selector: ({ name }) => name, maxLength: 60 });
  fc.assert(fc.property(unique, (files) => {
    const requests = sent(files);
    for (const [i, request] of requests.slice(0, -1).entries()) {
      const [first, ...others] = [...request, requests[i + 1]![0]!];
      const isFull = request.length === PUBLICATIONS_PER_REQUEST;
      const send = () => encodeSealedRequest({ verb: "pub", user, ...first!, others });
      if (!isFull) assertThrows(send, BitTrickleError, "it is too long");
    }
  }));
});

Deno.test("one request publishes 32 files, or as many as it is told to", PURE, () => {
  const lengths = (count: number, most?: number) => {
    return sent(numbered(count), most).map(({ length }) => length);
  };
  assertEquals(lengths(0), []);
  assertEquals(lengths(32), [32]);
  assertEquals(lengths(33), [32, 1]);
  assertEquals(lengths(3, 1), [1, 1, 1]);
});

Deno.test("a name that comes again is in a later request", PURE, () => {
  const twice = [{ name: "a" }, { name: "b" }, { name: "a", details: { size: 5 } }, { name: "c" }];
  assertEquals(sent(twice), [twice.slice(0, 2), twice.slice(2)]);
});

Deno.test("a request with one file says nothing of others", PURE, () => {
  assertEquals([...packPublications([{ name: "a", details: { size: 5 } }])], [
    { verb: "pub", name: "a", details: { size: 5 } },
  ]);
});

Deno.test("more files than that, and a name that comes twice, are refused", PURE, () => {
  const cases: readonly (readonly [others: readonly PublishedFile[], reason: string])[] = [
    [numbered(32), "it publishes more than 32 files"],
    [[{ name: "b" }, { name: "a", details: { size: 1 } }], "a name comes twice"],
    [[{ name: "b" }, { name: "b" }], "a name comes twice"],
  ];
  for (const [others, reason] of cases) {
    const send = () => encodeSealedRequest({ verb: "pub", user, name: "a", others });
    assertEquals(assertThrows(send, BitTrickleError).message, `Cannot send pub: ${reason}`);
    const rows = ["pub\ta", ...others.map(({ name }) => name)];
    const text = new TextEncoder().encode(rows.join("\n"));
    const error = assertThrows(() => decodeSealedRequest(text, user), BitTrickleError);
    assertEquals([error.code, error.message], ["malformed", reason]);
  }
});
