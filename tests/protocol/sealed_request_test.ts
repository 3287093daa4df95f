import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { BitTrickleError } from "../../lib/errors.ts";
import { TEXT_BYTES } from "../../lib/protocol/sealed_message.ts";
import {
  decodeSealedRequest,
  encodeSealedRequest,
  type SealedRequest,
} from "../../lib/protocol/sealed_request.ts";
import { texts } from "./arbitraries.ts";
import {
  details,
  longNames,
  longUsers,
  requestsOf,
  throwsOnlyMalformed,
} from "./sealed_arbitraries.ts";
import { bytesOf } from "../support/bytes.ts";

const ID = "0123456789abcdef".repeat(4);
const DIGEST = "A".repeat(22);
const user = "hans";

const REQUESTS: readonly (readonly [text: string, request: SealedRequest])[] = [
  ["heartbeat", { verb: "heartbeat", user }],
  ["bye", { verb: "bye", user }],
  ["lap", { verb: "lap", user }],
  ["lap\tvader", { verb: "lap", user, after: "vader" }],
  ["lap\t\tsessions", { verb: "lap", user, isDetailed: true }],
  ["lap\tvader 17\tsessions", { verb: "lap", user, after: "vader 17", isDetailed: true }],
  ["lpf\t\t\tshare", { verb: "lpf", user, within: "share" }],
  ["lpf\t\ta\t3ff", { verb: "lpf", user, after: "a", within: "3ff" }],
  [`share\t${DIGEST}`, { verb: "share", user, digest: DIGEST }],
  [`share\t${DIGEST}\t0a0`, { verb: "share", user, digest: DIGEST, after: "0a0" }],
  ["unp\ta.txt\teverywhere", { verb: "unp", user, name: "a.txt", isEverywhere: true }],
  ["lpf", { verb: "lpf", user }],
  ["lpf\tvader", { verb: "lpf", user, of: "vader" }],
  ["lpf\t-", { verb: "lpf", user, of: "-" }],
  ["lpf\t\ta b", { verb: "lpf", user, after: "a b" }],
  ["lpf\tvader\ta/b", { verb: "lpf", user, of: "vader", after: "a/b" }],
  ["sch\tdroid", { verb: "sch", user, text: "droid" }],
  ["sch\tdroid 100%\t-", { verb: "sch", user, text: "droid 100%", after: "-" }],
  ["sch\tdroid\t:17", { verb: "sch", user, text: "droid", after: ":17" }],
  ["pub\ta b.txt", { verb: "pub", user, name: "a b.txt" }],
  ["pub\t-\t0", { verb: "pub", user, name: "-", details: { size: 0 } }],
  [`pub\t日本\t5\t${ID}`, { verb: "pub", user, name: "日本", details: { size: 5, id: ID } }],
  ["pub\ta\nb", { verb: "pub", user, name: "a", others: [{ name: "b" }] }],
  [`pub\ta\t5\t${ID}\nb\t0\nc d\t7\t${ID}`, {
    verb: "pub",
    user,
    name: "a",
    details: { size: 5, id: ID },
    others: [{ name: "b", details: { size: 0 } }, { name: "c d", details: { size: 7, id: ID } }],
  }],
  ["unp\t1+1%.txt", { verb: "unp", user, name: "1+1%.txt" }],
  ["get\tfolder/a.txt", { verb: "get", user, name: "folder/a.txt" }],
  [`get\t${ID}:5`, { verb: "get", user, name: `${ID}:5` }],
  ["get\t0123:0", { verb: "get", user, name: "0123:0" }],
  [`have\t${ID}:5`, { verb: "have", user, content: { id: ID, size: 5 } }],
  [`progress\t${ID}:5\t3`, {
    verb: "progress",
    user,
    content: { id: ID, size: 5 },
    bytes: 3,
  }],
  [`progress\t${ID}:0\t0`, {
    verb: "progress",
    user,
    content: { id: ID, size: 0 },
    bytes: 0,
  }],
  [`lack\t${ID}:0`, { verb: "lack", user, content: { id: ID, size: 0 } }],
  ["move\tdG9r", { verb: "move", user, token: "dG9r" }],
  ["move", { verb: "move", user, token: "" }],
];

for (const [text, request] of REQUESTS) {
  const name = `${JSON.stringify(text)} is the text of one request`;
  Deno.test({ name, permissions: "none" }, () => {
    assertEquals(encodeSealedRequest(request), bytesOf(text));
    assertEquals(decodeSealedRequest(bytesOf(text), user), request);
  });
}

Deno.test({
  name: "decodeSealedRequest() reads back every request that encodeSealedRequest() writes",
  permissions: "none",
}, () => {
  fc.assert(
    fc.property(requestsOf(user), (request) => {
      assertEquals(decodeSealedRequest(encodeSealedRequest(request), user), request);
    }),
    { numRuns: 1_000 },
  );
});

Deno.test({
  name: "encodeSealedRequest() refuses what does not fit into a message",
  permissions: "none",
}, () => {
  const of = "x".repeat(TEXT_BYTES - "lpf\t".length);
  assertEquals(encodeSealedRequest({ verb: "lpf", user, of }).length, TEXT_BYTES);
  const error = assertThrows(
    () => encodeSealedRequest({ verb: "lpf", user, of: `${of}x` }),
    BitTrickleError,
  );
  assertEquals([error.code, error.message], ["usage", "Cannot send lpf: it is too long"]);
});

Deno.test({ name: "a search has 600 bytes at most", permissions: "none" }, () => {
  const text = `${"é".repeat(299)}xx`;
  assertEquals(decodeSealedRequest(bytesOf(`sch\t${text}`), user), { verb: "sch", user, text });
  const longer = `${text}x`;
  for (
    const send of [
      () => encodeSealedRequest({ verb: "sch", user, text: longer }),
      () => decodeSealedRequest(bytesOf(`sch\t${longer}`), user),
    ]
  ) assertThrows(send, BitTrickleError, "bad search: it is longer than 600 bytes");
});

Deno.test({
  name: "encodeSealedRequest() refuses control characters, which would be taken for separators",
  permissions: "none",
}, () => {
  for (const text of ["a\tb", "a\nb", "\0", "\x1b[2J", "\x7f", "\x9b"]) {
    for (
      const request of [
        { verb: "sch", user, text },
        { verb: "lpf", user, of: text },
        { verb: "lap", user, after: text },
        { verb: "get", user, name: text },
        { verb: "move", user, token: text },
        { verb: "pub", user, name: "a", others: [{ name: text }] },
      ] as const
    ) {
      const error = assertThrows(() => encodeSealedRequest(request), BitTrickleError);
      const reason = "it holds a control character";
      assertEquals([error.code, error.message], [
        "usage",
        `Cannot send ${request.verb}: ${reason}`,
      ]);
    }
  }
});

Deno.test({
  name: "every request about a legal name and user fits, and says the same when it is read",
  permissions: "none",
}, () => {
  fc.assert(fc.property(longNames, longUsers, details, (name, of, details) => {
    for (
      const request of [
        { verb: "pub", user, name, details },
        { verb: "unp", user, name },
        { verb: "get", user, name },
        { verb: "lap", user, after: of },
        { verb: "lpf", user, of },
        { verb: "lpf", user, after: name },
      ] as const
    ) assertEquals(decodeSealedRequest(encodeSealedRequest(request), user), request);
  }));
});

Deno.test({
  name: "encodeSealedRequest() refuses a search of more words than an index looks for",
  permissions: "none",
}, () => {
  const request = { verb: "sch", user, text: "a b c d e f g h i" } as const;
  const error = assertThrows(() => encodeSealedRequest(request), BitTrickleError);
  const reason = "bad search: it has 9 different words, and 8 at most may be there";
  assertEquals([error.code, error.message], ["usage", `Cannot send sch: ${reason}`]);
});

Deno.test({
  name: "decodeSealedRequest() throws nothing but malformed, whatever the text",
  permissions: "none",
}, () => {
  const verbs = fc.constantFrom(
    "lap",
    "lpf",
    "sch",
    "pub",
    "unp",
    "get",
    "have",
    "lack",
    "progress",
    "move",
    "bye",
    "login",
    "",
  );
  const noise = fc.oneof(
    fc.uint8Array({ maxLength: 1_300 }),
    texts.map(bytesOf),
    fc.tuple(verbs, fc.array(fc.oneof(texts, fc.constantFrom("-", "%", ID, "5")), { maxLength: 4 }))
      .map(([verb, fields]) => bytesOf([verb, ...fields].join("\t"))),
    fc.tuple(requestsOf(user), fc.nat(), fc.nat(255)).map(([request, at, byte]) => {
      const bytes = encodeSealedRequest(request);
      return bytes.with(at % bytes.length, byte);
    }),
  );
  fc.assert(
    fc.property(noise, (bytes) => {
      assert(throwsOnlyMalformed(() => decodeSealedRequest(bytes, user)));
    }),
    { numRuns: 2_000 },
  );
});

const REFUSED: readonly (readonly [text: string, reason: string])[] = [
  ["", "unknown verb"],
  ["\tlap", "unknown verb"],
  ["LAP", "unknown verb"],
  ["lap hans", "unknown verb"],
  ["login\t5000\tagent", "unknown verb"],
  ["constructor", "unknown verb"],
  ["lap\n", "unknown verb"],
  ["lap\nlap", "unknown verb"],
  ["unp\ta\nb", "unknown verb"],
  ["pub\ta\n", "bad name: it is empty"],
  ["pub\n", "bad name: it is empty"],
  ["pub\nb", "bad name: it is empty"],
  ["pub\ta\n\nb", "bad name: it is empty"],
  ["pub\ta\npub\tb", "bad size or id"],
  ["pub\ta\nb\t1\t\tmore", "too many fields"],
  ["pub\ta\t1\nb\t1\na\t2", "a name comes twice"],
  ["pub\ta\n../b", "bad name: a part of it begins with a dot"],
  [`pub\ta\nb\t\t${ID}`, "bad size or id"],
  ["heartbeat\tnow", "too many fields"],
  ["bye\t", "too many fields"],
  ["lap\ta\tsessions\tb", "too many fields"],
  ["lap\ta\tb", "bad field: expected sessions or nothing"],
  ["lpf\ta\tb\t1\td", "too many fields"],
  ["lpf\ta\tb\t400", "bad bucket"],
  ["lpf\ta\tb\t3FF", "bad bucket"],
  ["lpf\ta\tb\tall", "bad bucket"],
  ["share", "bad digest"],
  ["share\tAAAA", "bad digest"],
  [`share\t${DIGEST}\t000\t`, "too many fields"],
  ["sch\ta\tb\t1\td", "too many fields"],
  ["pub\ta\t5\t\tmore", "too many fields"],
  ["unp\ta\teverywhere\tb", "too many fields"],
  ["unp\ta\tb", "bad field: expected everywhere or nothing"],
  ["get\ta\tb", "too many fields"],
  ["move\ta\tb", "bad field: expected also or nothing"],
  ["move\ta\talso\tb", "too many fields"],
  [`have\t${ID}:5\t`, "too many fields"],
  [`progress\t${ID}:5\t1\t`, "too many fields"],
  ["progress\ta.txt\t1", "bad content: expected a whole id and a size"],
  ...["", "6", "05", "-1", "1.5", "x"].map((bytes) =>
    [
      `progress\t${ID}:5\t${bytes}`,
      "bad progress: expected how many bytes of the content are there",
    ] as const
  ),
  ["have", "bad content: expected a whole id and a size"],
  ["lack\t", "bad content: expected a whole id and a size"],
  ["have\ta.txt", "bad content: expected a whole id and a size"],
  [`have\t${ID}`, "bad content: expected a whole id and a size"],
  [`have\t${ID}:`, "bad content: expected a whole id and a size"],
  [`lack\t${ID}:05`, "bad content: expected a whole id and a size"],
  [`lack\t${ID}:9007199254740992`, "bad content: expected a whole id and a size"],
  [`have\t${ID.slice(1)}:5`, "bad content: expected a whole id and a size"],
  [`have\t${ID}0:5`, "bad content: expected a whole id and a size"],
  [`have\t${ID.toUpperCase()}:5`, "bad content: expected a whole id and a size"],
  ["move\tdG9r\n", "unknown verb"],
  ["pub", "bad name: it is empty"],
  ["get\t", "bad name: it is empty"],
  ["unp\t..", "bad name: a part of it begins with a dot"],
  ["get\t../etc/passwd", "bad name: a part of it begins with a dot"],
  ["pub\ta\\b", "bad name: it holds one of"],
  ["pub\ta\0", "a field holds a control character"],
  ["get\ta\u009b", "a field holds a control character"],
  ["get\ta\u202e", "bad name: it holds an unprintable character"],
  ["get\t a", "bad name: a part of it begins with a dot or a space"],
  ["get\te\u0301", "bad name: it is not in Unicode normal form C"],
  [`get\t${"x".repeat(256)}`, "bad name: a part of it is longer than 255 bytes"],
  ["get\tCON", "bad name: a part of it is a Windows device name"],
  ["sch", "bad search: it is empty"],
  ["sch\t   ", "bad search: it is empty"],
  ["pub\ta\t05", "bad size or id"],
  ["pub\ta\t-5", "bad size or id"],
  ["pub\ta\t5.0", "bad size or id"],
  ["pub\ta\t1e3", "bad size or id"],
  ["pub\ta\t9007199254740992", "bad size or id"],
  [`pub\ta\t\t${ID}`, "bad size or id"],
  [`pub\ta\t5\t${ID.toUpperCase()}`, "bad size or id"],
  [`pub\ta\t5\t${ID.slice(1)}`, "bad size or id"],
  [`pub\ta\t5\t${ID}0`, "bad size or id"],
  ["pub\ta\t5\t-", "bad size or id"],
  ["sch\ta b c d e f g h i", "bad search: it has 9 different words, and 8 at most may be there"],
];

for (const [text, reason] of REFUSED) {
  Deno.test(
    { name: `decodeSealedRequest() refuses ${JSON.stringify(text)}`, permissions: "none" },
    () => {
      const error = assertThrows(() => decodeSealedRequest(bytesOf(text), user), BitTrickleError);
      assertEquals([error.code, error.message.slice(0, reason.length)], ["malformed", reason]);
    },
  );
}

Deno.test({ name: "decodeSealedRequest() refuses what is not UTF-8", permissions: "none" }, () => {
  const bytes = Uint8Array.of(...bytesOf("get\ta"), 0xff);
  assertThrows(() => decodeSealedRequest(bytes, user), BitTrickleError, "not UTF-8");
});
