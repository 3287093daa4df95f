import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { BitTrickleError } from "../../lib/errors.ts";
import { TEXT_BYTES } from "../../lib/protocol/sealed_datagram.ts";
import {
  decodeSealedLogin,
  decodeSealedRequest,
  encodeSealedLogin,
  encodeSealedRequest,
  type SealedRequest,
} from "../../lib/protocol/sealed_request.ts";
import { peerPorts, texts } from "./arbitraries.ts";
import {
  details,
  longNames,
  names,
  requestsOf,
  throwsOnlyMalformed,
} from "./sealed_arbitraries.ts";

const ID = "0123456789abcdef".repeat(4);
const user = "hans";

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

const REQUESTS: readonly (readonly [text: string, request: SealedRequest])[] = [
  ["heartbeat", { verb: "heartbeat", user }],
  ["bye", { verb: "bye", user }],
  ["lap", { verb: "lap", user }],
  ["lap vader", { verb: "lap", user, after: "vader" }],
  ["lpf", { verb: "lpf", user }],
  ["lpf vader", { verb: "lpf", user, of: "vader" }],
  ["lpf %2D", { verb: "lpf", user, of: "-" }],
  ["lpf - a+b", { verb: "lpf", user, after: "a b" }],
  ["lpf vader a/b", { verb: "lpf", user, of: "vader", after: "a/b" }],
  ["sch droid", { verb: "sch", user, text: "droid" }],
  ["sch droid+100%25 %2D", { verb: "sch", user, text: "droid 100%", after: "-" }],
  ["pub a+b.txt - -", { verb: "pub", user, name: "a b.txt" }],
  ["pub %2D 0 -", { verb: "pub", user, name: "-", details: { size: 0, id: "-" } }],
  [`pub 日本 5 ${ID}`, { verb: "pub", user, name: "日本", details: { size: 5, id: ID } }],
  ["unp 1%2B1.txt", { verb: "unp", user, name: "1+1.txt" }],
  ["get folder/a.txt", { verb: "get", user, name: "folder/a.txt" }],
];

for (const [text, request] of REQUESTS) {
  Deno.test({ name: `"${text}" is the text of one request`, permissions: "none" }, () => {
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
  name: "encodeSealedRequest() writes no text that does not fit into a message",
  permissions: "none",
}, () => {
  fc.assert(fc.property(longNames, details, names, (name, details, text) => {
    for (
      const request of [
        { verb: "pub", user, name, details },
        { verb: "get", user, name },
        { verb: "sch", user, text, after: name },
      ] as const
    ) {
      try {
        const bytes = encodeSealedRequest(request);
        assert(bytes.length <= TEXT_BYTES);
        assertEquals(decodeSealedRequest(bytes, user), request);
      } catch (error) {
        assert(error instanceof BitTrickleError, String(error));
        assertEquals([error.code, error.message], [
          "usage",
          `Cannot send ${request.verb}: it is too long`,
        ]);
      }
    }
  }));
});

Deno.test({ name: "encodeSealedRequest() refuses what does not fit", permissions: "none" }, () => {
  const request = { verb: "sch", user, text: "x".repeat(TEXT_BYTES) } as const;
  const error = assertThrows(() => encodeSealedRequest(request), BitTrickleError);
  assertEquals(error.message, "Cannot send sch: it is too long");
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

Deno.test({ name: "a request of exactly 1163 bytes is sent", permissions: "none" }, () => {
  const text = "x".repeat(TEXT_BYTES - "sch ".length);
  assertEquals(encodeSealedRequest({ verb: "sch", user, text }).length, TEXT_BYTES);
  const longer = { verb: "sch", user, text: `${text}x` } as const;
  assertThrows(() => encodeSealedRequest(longer), BitTrickleError, "it is too long");
});

Deno.test({
  name: "decodeSealedRequest() throws nothing but malformed, whatever the text",
  permissions: "none",
}, () => {
  const verbs = fc.constantFrom("lap", "lpf", "sch", "pub", "unp", "get", "bye", "login", "");
  const noise = fc.oneof(
    fc.uint8Array({ maxLength: 1_300 }),
    texts.map(bytesOf),
    fc.tuple(verbs, fc.array(fc.oneof(texts, fc.constantFrom("-", "%", ID, "5")), { maxLength: 4 }))
      .map(([verb, fields]) => bytesOf([verb, ...fields].join(" "))),
    fc.tuple(requestsOf(user), fc.nat(), fc.nat(255)).map(([request, at, byte]) => {
      const bytes = encodeSealedRequest(request);
      return bytes.with(at % bytes.length, byte);
    }),
  );
  fc.assert(
    fc.property(noise, (bytes) => {
      assert(throwsOnlyMalformed(() => decodeSealedRequest(bytes, user)));
      assert(throwsOnlyMalformed(() => decodeSealedLogin(bytes)));
    }),
    { numRuns: 2_000 },
  );
});

const REFUSED: readonly (readonly [text: string, reason: string])[] = [
  ["", "unknown verb"],
  [" lap", "unknown verb"],
  ["LAP", "unknown verb"],
  ["login 5000 agent", "unknown verb"],
  ["constructor", "unknown verb"],
  ["lap\n", "unknown verb"],
  ["heartbeat now", "too many fields"],
  ["bye ", "too many fields"],
  ["lap a b", "too many fields"],
  ["lpf a b c", "too many fields"],
  ["sch a b c", "too many fields"],
  ["pub a 5 - more", "too many fields"],
  ["unp a b", "too many fields"],
  ["get a b", "too many fields"],
  ["pub", "bad name: it is empty"],
  ["get ", "bad name: it is empty"],
  ["unp ..", "bad name: a part of it begins with a dot"],
  ["get ../etc/passwd", "bad name: a part of it begins with a dot"],
  ["pub a%5Cb - -", "bad name: it holds one of"],
  ["pub a%00 - -", "bad name: it holds an unprintable character"],
  ["get +a", "bad name: a part of it begins with a dot or a space"],
  ["get e%CC%81", "bad name: it is not in Unicode normal form C"],
  [`get ${"x".repeat(256)}`, "bad name: a part of it is longer than 255 bytes"],
  ["get CON", "bad name: a part of it is a Windows device name"],
  ["get %", "broken escape"],
  ["lpf %FF", "broken escape"],
  ["sch", "bad search: it is empty"],
  ["sch +++", "bad search: it is empty"],
  ["sch a+b+c+d+e+f+g+h+i", "bad search: it has 9 different words, and 8 at most may be there"],
  ["pub a 05 -", "bad size or id"],
  ["pub a -5 -", "bad size or id"],
  ["pub a 5.0 -", "bad size or id"],
  ["pub a 1e3 -", "bad size or id"],
  ["pub a 9007199254740992 -", "bad size or id"],
  [`pub a 5 ${ID.toUpperCase()}`, "bad size or id"],
  [`pub a 5 ${ID.slice(1)}`, "bad size or id"],
  [`pub a 5 ${ID}0`, "bad size or id"],
  ["pub a 5 %2D", "bad size or id"],
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
  const bytes = Uint8Array.of(...bytesOf("get a"), 0xff);
  assertThrows(() => decodeSealedRequest(bytes, user), BitTrickleError, "not UTF-8");
});

Deno.test({
  name: "decodeSealedLogin() reads back every login that encodeSealedLogin() writes",
  permissions: "none",
}, () => {
  assertEquals(encodeSealedLogin({ tcpPort: 5_000, agent: "a b" }), bytesOf("login 5000 a+b"));
  fc.assert(fc.property(peerPorts, texts, (tcpPort, agent) => {
    const login = { tcpPort, agent };
    assertEquals(decodeSealedLogin(encodeSealedLogin(login)), login);
  }));
});

for (
  const text of [
    "",
    "lap",
    "login",
    "login 1023 a",
    "login 65536 a",
    "login 05000 a",
    "login 5e3 a",
    "login 5000 a b",
    "login 5000 %",
  ]
) {
  Deno.test({ name: `decodeSealedLogin() refuses "${text}"`, permissions: "none" }, () => {
    const error = assertThrows(() => decodeSealedLogin(bytesOf(text)), BitTrickleError);
    assertEquals(error.code, "malformed");
  });
}
