import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { BitTrickleError } from "../../lib/errors.ts";
import type { Reply, Source, Verb } from "../../lib/protocol/messages.ts";
import { escapeText } from "../../lib/protocol/escape.ts";
import { decodeSealedReply, encodeSealedReply } from "../../lib/protocol/sealed_reply.ts";
import { boxLength } from "../../lib/protocol/sealed_text.ts";
import { credentials, peerPorts, texts } from "./arbitraries.ts";
import { base64, details, names, throwsOnlyMalformed } from "./sealed_arbitraries.ts";
import { bytesOf } from "../support/bytes.ts";
import { listOf } from "../support/lists.ts";
import { PLAIN_SHARE } from "../../lib/protocol/share.ts";
import { SHARE } from "../support/sealed_as.ts";

type List = Reply & { kind: "list" };

const ID = "0123456789abcdef".repeat(4);
const labels = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((label) => label.toHex());
const LABEL = "0123456789abcdef".repeat(2);
const VERBS: readonly Verb[] = [
  "login",
  "heartbeat",
  "bye",
  "lap",
  "lpf",
  "pub",
  "unp",
  "sch",
  "get",
  "have",
  "lack",
  "progress",
  "move",
  "share",
];
const PROOFS = { resetValue: "dmFs".repeat(5) + "dg", signingKey: "a2V5".repeat(10) + "a2U" };
const CATALOGUE = "0123456789abcdef";
const PROVEN = `${PROOFS.resetValue}\t${PROOFS.signingKey}`;

const REPLIES: readonly (readonly [verb: Verb, text: string, reply: Reply])[] = [
  ["login", `200\t1234\t${PROVEN}`, { kind: "welcome", time: 1_234, proofs: PROOFS }],
  ["login", `200\t0\t${PROVEN}`, { kind: "welcome", time: 0, proofs: PROOFS }],
  ["login", `200\t0\t${PROVEN}\t${CATALOGUE}`, {
    kind: "welcome",
    time: 0,
    proofs: PROOFS,
    catalogue: CATALOGUE,
  }],
  ["login", "409", { kind: "too many sessions" }],
  ["share", "304", { kind: "same" }],
  ["pub", "200", { kind: "published" }],
  ["unp", "200", { kind: "unpublished" }],
  ["unp", "404", { kind: "not published" }],
  ["get", "404", { kind: "no source" }],
  ["bye", "200", { kind: "done" }],
  ["move", "200", { kind: "done" }],
  ["have", "200", { kind: "done" }],
  ["lack", "200", { kind: "done" }],
  ["progress", "200", { kind: "done" }],
  ["move", "425\tdG9r", { kind: "moved", token: "dG9r" }],
  ["heartbeat", "425\tdG9r", { kind: "moved", token: "dG9r" }],
  ["get", "425\tdG9r", { kind: "moved", token: "dG9r" }],
  ["heartbeat", "200", { kind: "done" }],
  ["heartbeat", "200\t0", { kind: "done", time: 0 }],
  ["lap", "200\t0", listOf("active peers", [])],
  ["lap", "200\t0\nhans\nvader", listOf("active peers", ["hans", "vader"])],
  ["lpf", "200\t0\na b\n-", listOf("files published", ["a b", "-"])],
  [
    "lpf",
    `200\t0\na\t5\t\t${SHARE}\tserved\nb\t\t\t${PLAIN_SHARE}`,
    {
      ...listOf("files published", ["a", "b"], [{ size: 5 }, undefined]),
      shares: [{ share: SHARE, isServed: true }, { share: PLAIN_SHARE, isServed: false }],
    },
  ],
  [
    "lap",
    `200\t0\nhans\t${SHARE}\t10.0.0.1\t5000\t12\t\tclient/1\tlab\t~/é\nhans\t-\t::1\t5001\t0\tstandby`,
    {
      ...listOf("active peers", ["hans", "hans"]),
      sessions: [
        {
          share: SHARE,
          ip: "10.0.0.1",
          port: 5_000,
          seconds: 12,
          isStandby: false,
          agent: "client/1",
          device: "lab",
          folder: "~/é",
        },
        { ip: "::1", port: 5_001, seconds: 0, isStandby: true },
      ],
    },
  ],
  ["share", "200\t0", listOf("buckets", [])],
  [
    "share",
    "200\t7\n000\tAAAAAAAAAAE\n3ff\t__________8",
    { ...listOf("buckets", ["000", "3ff"]), more: 7, digests: ["AAAAAAAAAAE", "__________8"] },
  ],
  [
    "sch",
    `200\t0\na\t5\nb\nc\t0\t${ID}`,
    listOf("files found", ["a", "b", "c"], [{ size: 5 }, undefined, { size: 0, id: ID }]),
  ],
  [
    "get",
    "200\t7\n127.0.0.1\t5000\thans\ta b\n" +
    `fe80::1\t5001\tvader\ta b\t5\n10.0.0.1\t5002\tyoda\tc\t5\t${ID}\t${LABEL}\tt-0`,
    {
      kind: "sources",
      sources: [
        { ip: "127.0.0.1", port: 5_000, file: { user: "hans", name: "a b" } },
        {
          ip: "fe80::1",
          port: 5_001,
          file: { user: "vader", name: "a b", details: { size: 5 } },
        },
        {
          ip: "10.0.0.1",
          port: 5_002,
          file: { user: "yoda", name: "c", details: { size: 5, id: ID } },
          pass: { label: LABEL, ticket: "t-0" },
        },
      ],
      more: 7,
    },
  ],
  [
    "get",
    `200\t0\n10.0.0.1\t5002\tyoda\tc\t5\t${ID}\t${LABEL}\tt-0\tpart`,
    {
      kind: "sources",
      sources: [{
        ip: "10.0.0.1",
        port: 5_002,
        file: { user: "yoda", name: "c", details: { size: 5, id: ID } },
        pass: { label: LABEL, ticket: "t-0" },
        isPartial: true,
      }],
      more: 0,
    },
  ],
  ["sch", "200\t1\ta b", { ...listOf("files found", []), more: 1, cursor: "a b" }],
  ["sch", "200\t1\t-\na", { ...listOf("files found", ["a"]), more: 1, cursor: "-" }],
  ["pub", "413\ttoo many publications", {
    kind: "error",
    code: 413,
    reason: "too many publications",
  }],
  ["lap", "429\ttoo many requests", { kind: "error", code: 429, reason: "too many requests" }],
  ["get", "400\tbad name: 100%", { kind: "error", code: 400, reason: "bad name: 100%" }],
];

for (const [verb, text, reply] of REPLIES) {
  const name = `${JSON.stringify(text)} is the text of one reply to ${verb}`;
  Deno.test({ name, permissions: "none" }, () => {
    assertEquals(encodeSealedReply(reply), bytesOf(text));
    assertEquals(decodeSealedReply(verb, bytesOf(text)), reply);
  });
}

Deno.test({
  name: "encodeSealedReply() has a code for every reply",
  permissions: "none",
}, () => {
  assertEquals(encodeSealedReply({ kind: "login failed" }), bytesOf("401"));
  assertEquals(encodeSealedReply({ kind: "error", reason: "x" }), bytesOf("400\tx"));
});

Deno.test({
  name: "a source tells no name that was asked for, and gets it back",
  permissions: "none",
}, () => {
  const source = { ip: "10.0.0.1", port: 5_000, file: { user: "hans", name: "a" } };
  const other = { ip: "10.0.0.2", port: 5_000, file: { user: "vader", name: "b" } };
  const reply = { kind: "sources", sources: [source, other], more: 0 } as const;
  const text = "200\t0\n10.0.0.1\t5000\thans\n10.0.0.2\t5000\tvader\tb";
  assertEquals(encodeSealedReply({ ...reply, wanted: "a" }), bytesOf(text));
  assertEquals(decodeSealedReply("get", bytesOf(text), "a"), reply);
});

const VERB_OF = {
  "active peers": "lap",
  "files published": "lpf",
  "files found": "sch",
  "buckets": "share",
} as const;

const users = fc.array(credentials, { maxLength: 10 });
const rows = fc.array(fc.tuple(names, fc.option(details, { nil: undefined })), { maxLength: 10 });

const lists: fc.Arbitrary<List> = fc.oneof(
  users.map((items) => listOf("active peers", items)),
  fc.tuple(fc.constantFrom("files published" as const, "files found" as const), rows)
    .map(([of, rows]) => {
      const known = rows.map(([, details]) => details);
      const isTold = known.some((it) => it !== undefined);
      return listOf(of, rows.map(([name]) => name), isTold ? known : undefined);
    }),
).chain((list) => {
  const more = fc.nat(999_999_999).map((more) => ({ ...list, more }));
  return fc.oneof(more, names.map((cursor) => ({ ...list, more: 1, cursor })));
});

const ips = fc.oneof(
  fc.ipV4().filter((ip) => /^(?:[1-9]|1\d\d|2[01])\d?\./.test(ip)),
  fc.constantFrom("::1", "fe80::1", "2001:db8:1:2:3:4:5:6"),
);

const sources: fc.Arbitrary<Source> = fc.record({
  ip: ips,
  port: peerPorts,
  file: fc.record({ user: credentials, name: names, details }, { requiredKeys: ["user", "name"] }),
  pass: fc.record({ label: labels, ticket: base64(70) }),
  isPartial: fc.constant(true as const),
}, { requiredKeys: ["ip", "port", "file"] });

const reasons = texts.map(escapeText);

const welcomes = fc.record({
  kind: fc.constant("welcome" as const),
  time: fc.nat(),
  proofs: fc.record({ resetValue: base64(16), signingKey: base64(32) }),
  catalogue: fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => bytes.toHex()),
}, { requiredKeys: ["kind", "time", "proofs"] });

/** Whether no row of `reply` has to be left out. */
function fits(reply: Reply): boolean {
  const { items = [], sources = [] } = reply as { items?: string[]; sources?: Source[] };
  const rows = new TextDecoder().decode(encodeSealedReply(reply)).split("\n").length - 1;
  return rows === items.length + sources.length;
}

Deno.test({
  name:
    "decodeSealedReply() reads back every welcome, list, source, move and error that is written",
  permissions: "none",
}, () => {
  const replies: fc.Arbitrary<readonly [Verb, Reply]> = fc.oneof(
    lists.map((list) => [VERB_OF[list.of], list] as const),
    fc.array(sources, { minLength: 1, maxLength: 5 })
      .chain((sources) => fc.nat(9_999).map((more) => ({ sources, more })))
      .map((found) => ["get", { kind: "sources", ...found }] as const),
    welcomes.map((welcome) => ["login", welcome] as const),
    fc.tuple(fc.constantFrom(...VERBS), base64(24))
      .map(([verb, token]) => [verb, { kind: "moved", token }] as const),
    fc.tuple(fc.constantFrom(...VERBS), fc.constantFrom(400, 401, 403, 413, 429, 500), reasons)
      .map(([verb, code, reason]) => [verb, { kind: "error", code, reason }] as const),
  );
  fc.assert(
    fc.property(replies, ([verb, reply]) => {
      fc.pre(fits(reply));
      assertEquals(decodeSealedReply(verb, encodeSealedReply(reply)), reply);
    }),
    { numRuns: 1_000 },
  );
});

Deno.test({
  name: "to an address that is not proven no reply is longer than a request",
  permissions: "none",
}, () => {
  const token = "A".repeat(32); // 24 bytes: a time and a MAC.
  const reply = encodeSealedReply({ kind: "moved", token });
  assertEquals(boxLength(reply.length), boxLength("bye".length));
});

Deno.test({
  name: "decodeSealedReply() reads rows of a newer index, which end in more fields",
  permissions: "none",
}, () => {
  const list = decodeSealedReply("lpf", bytesOf("200\t0\tx\na\t5\t\t\t\tnew\tmore\nb\t\t\t\t\tx"));
  assertEquals(list, listOf("files published", ["a", "b"], [{ size: 5 }, undefined]));
  const session = `hans\t-\t10.0.0.1\t5000\t0`;
  const peers = decodeSealedReply("lap", bytesOf(`200\t0\n${session}\t\t\t\t\tx`));
  assert(peers.kind === "list");
  assertEquals([peers.items, peers.sessions?.[0]?.port], [["hans"], 5_000]);
  const file = { user: "h", name: "a", details: { size: 5, id: ID } };
  const pass = { label: LABEL, ticket: "t-00" };
  const source = { ip: "10.0.0.1", port: 5_000, file, pass };
  const row = `10.0.0.1\t5000\th\ta\t5\t${ID}\t${LABEL}\tt-00`;
  const text = `200\t0\n${row}\t\t\tmore\n${row}\tpart\t\tmore`;
  assertEquals(decodeSealedReply("get", bytesOf(text)), {
    kind: "sources",
    sources: [source, { ...source, isPartial: true }],
    more: 0,
  });
});

const REFUSED: readonly (readonly [verb: Verb, text: string])[] = [
  ["lpf", "200\t0\na\t\t\tcafe"],
  ["lpf", `200\t0\na\t\t\t${SHARE}\tx`],
  ["lpf", `200\t0\na\t\t\t${SHARE}\nb`],
  ["lap", "200\t0\nhans\tx\t10.0.0.1\t5000\t0"],
  ["lap", "200\t0\nhans\t-\t10.0.0\t5000\t0"],
  ["lap", "200\t0\nhans\t-\t10.0.0.1\t500000\t0"],
  ["lap", "200\t0\nhans\t-\t10.0.0.1\t5000\t-1"],
  ["lap", "200\t0\nhans\t-\t10.0.0.1\t5000\t0\tx"],
  ["lap", `200\t0\nhans\t-\t10.0.0.1\t5000\t0\t\t${"x".repeat(65)}`],
  ["lap", `200\t0\nhans\t-\t10.0.0.1\t5000\t0\t\t\t${"x".repeat(65)}`],
  ["lap", "200\t0\nhans\t-\t10.0.0.1\t5000\t0\t\t\t\u202e"],
  ["lap", `200\t0\nhans\t-\t10.0.0.1\t5000\t0\t\t\t\t${"x".repeat(201)}`],
  ["lap", "200\t0\nhans\t-\t10.0.0.1\t5000\t0\t\t\t\t\u2028"],
  ["lap", "200\t0\nhans\t-\t10.0.0.1\t5000\t0\nvader"],
  ["share", "200\t0\n000"],
  ["share", "200\t0\n000\tAAAA"],
  ["lap", "304"],
  ["lap", ""],
  ["lap", "200"],
  ["lap", "200 0"],
  ["lap", "200\t-1"],
  ["lap", "200\t01"],
  ["lap", "200\t1e3"],
  ["lap", "200\t1000000000000000"],
  ["lap", "201\t0"],
  ["lap", "0200\t0"],
  ["lap", "502\tx"],
  ["lap", "404"],
  ["lap", "409"],
  ["login", "404"],
  ["login", "200"],
  ["login", "200\t1234"],
  ["login", `200\t1234\t${PROOFS.resetValue}`],
  ["login", `200\t\t${PROVEN}`],
  ["login", `200\t1234\t\t${PROOFS.signingKey}`],
  ["login", `200\t1234\t${PROVEN}\t${CATALOGUE.slice(1)}`],
  ["login", `200\t1234\t${PROVEN}\t${CATALOGUE.toUpperCase()}`],
  ["login", `200\t1234\t${PROVEN}\t-`],
  ["login", `200\t01234\t${PROVEN}`],
  ["login", `200\t1234\tA${PROVEN}`],
  ["login", `200\t1234\t${PROVEN}A`],
  ["login", `200\t1234\t${PROVEN.slice(0, -1)}V`],
  ["login", `200\t1234\t${PROOFS.resetValue.slice(0, -1)}h\t${PROOFS.signingKey}`],
  ["move", "404"],
  ["heartbeat", "425"],
  ["get", "425\t"],
  ["lap", "425\ta b"],
  ["sch", `425\t${"A".repeat(601)}`],
  ["pub", "404"],
  ["unp", "409"],
  ["pub", "400\t\x1b[2J"],
  ["lap", "200\t0\n\x07"],
  ["lpf", "200\t0\n\x9b"],
  ["lpf", "200\t0\na\t05"],
  ["lpf", "200\t0\na\t5\tx"],
  ["lpf", `200\t0\na\t\t${ID}`],
  ["get", "200\t0\n"],
  ["get", "200\t0\n127.0.0.1"],
  ["get", "200\t0\n127.0.0.1\t0\th\ta"],
  ["get", "200\t0\n127.0.0.1\t1023\th\ta"],
  ["get", "200\t0\n127.0.0.1\t65536\th\ta"],
  ["get", "200\t0\n0.0.0.0\t5000\th\ta"],
  ["get", "200\t0\n224.0.0.1\t5000\th\ta"],
  ["get", "200\t0\nlocalhost\t5000\th\ta"],
  ["get", "200\t0\n127.0.0.1\t5000\t\x1b\ta"],
  ["get", "200\t0\n127.0.0.1\t5000\th\ta\t5\tx"],
  ["get", `200\t0\n127.0.0.1\t5000\th\ta\t5\t${ID}\t${LABEL}`],
  ["get", `200\t0\n127.0.0.1\t5000\th\ta\t5\t${ID}\t${LABEL.toUpperCase()}\tt-0`],
  ["get", `200\t0\n127.0.0.1\t5000\th\ta\t5\t${ID}\t${LABEL}.evil.example\tt-0`],
  ["get", `200\t0\n127.0.0.1\t5000\th\ta\t5\t${ID}\t${LABEL.slice(1)}\tt-0`],
  ["get", `200\t0\n127.0.0.1\t5000\th\ta\t5\t${ID}\t${LABEL}\tt-0\tparts`],
  ["get", "200\t0\n\t\t\ta"],
  ["get", `200\t0\n\t\t\t../a\t5\t${ID}`],
];

for (const [verb, text] of REFUSED) {
  const name = `decodeSealedReply() refuses ${JSON.stringify(text)} for an answer to ${verb}`;
  Deno.test({ name, permissions: "none" }, () => {
    const error = assertThrows(() => decodeSealedReply(verb, bytesOf(text)), BitTrickleError);
    assertEquals(error.code, "malformed");
  });
}

Deno.test({
  name: "decodeSealedReply() throws nothing but malformed, whatever the text",
  permissions: "none",
}, () => {
  const noise = fc.oneof(
    fc.uint8Array({ maxLength: 1_300 }),
    texts.map((text) => bytesOf(`200\t${text}`)),
    fc.array(texts).map((rows) => bytesOf(["200\t0", ...rows].join("\n"))),
    fc.tuple(fc.constantFrom(...REPLIES), fc.nat(), fc.nat(255)).map(([[, text], at, byte]) => {
      const bytes = bytesOf(text);
      return bytes.with(at % bytes.length, byte);
    }),
  );
  fc.assert(
    fc.property(fc.constantFrom(...VERBS), noise, (verb, bytes) => {
      assert(throwsOnlyMalformed(() => decodeSealedReply(verb, bytes)));
    }),
    { numRuns: 2_000 },
  );
});
