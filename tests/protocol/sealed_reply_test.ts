import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { BitTrickleError } from "../../lib/errors.ts";
import type { FileDetails, Reply, Source, Verb } from "../../lib/protocol/messages.ts";
import { encodeField } from "../../lib/protocol/fields.ts";
import { NAME_BYTES } from "../../lib/protocol/limits.ts";
import { TEXT_BYTES } from "../../lib/protocol/sealed_datagram.ts";
import { decodeSealedReply, encodeSealedReply } from "../../lib/protocol/sealed_reply.ts";
import { credentials, peerPorts, texts } from "./arbitraries.ts";
import { base64, details, longNames, names, throwsOnlyMalformed } from "./sealed_arbitraries.ts";

type List = Reply & { kind: "list" };

const ID = "0123456789abcdef".repeat(4);
const KEY = "A".repeat(43);
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
];

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function listOf(of: List["of"], items: readonly string[], details?: List["details"]): List {
  return { kind: "list", of, items, more: 0, ...details ? { details } : {} };
}

const REPLIES: readonly (readonly [verb: Verb, text: string, reply: Reply])[] = [
  ["login", "200", { kind: "welcome" }],
  ["login", "200 1234", { kind: "welcome", time: 1_234 }],
  ["login", "409", { kind: "already active" }],
  ["pub", "200", { kind: "published" }],
  ["unp", "200", { kind: "unpublished" }],
  ["unp", "404", { kind: "not published" }],
  ["get", "404", { kind: "no source" }],
  ["bye", "200", { kind: "done" }],
  ["heartbeat", "200", { kind: "done" }],
  ["heartbeat", "200 0", { kind: "done", time: 0 }],
  ["lap", "200 0", listOf("active peers", [])],
  ["lap", "200 0\nhans\nvader", listOf("active peers", ["hans", "vader"])],
  ["lpf", "200 0\na+b - -\n%2D - -", listOf("files published", ["a b", "-"])],
  [
    "sch",
    `200 0\na 5 -\nb - -\nc 0 ${ID}`,
    listOf("files found", ["a", "b", "c"], [{ size: 5, id: "-" }, undefined, { size: 0, id: ID }]),
  ],
  [
    "get",
    `200 7\n127.0.0.1 5000 hans a+b - -\nfe80::1 5001 vader a+b 5 -\n10.0.0.1 5002 yoda c 5 ${ID} ${KEY} t-1`,
    {
      kind: "sources",
      sources: [
        { ip: "127.0.0.1", port: 5_000, file: { user: "hans", name: "a b" } },
        {
          ip: "fe80::1",
          port: 5_001,
          file: { user: "vader", name: "a b", details: { size: 5, id: "-" } },
        },
        {
          ip: "10.0.0.1",
          port: 5_002,
          file: { user: "yoda", name: "c", details: { size: 5, id: ID } },
          pass: { key: KEY, ticket: "t-1" },
        },
      ],
      more: 7,
    },
  ],
  ["sch", "200 1 a+b", { ...listOf("files found", []), more: 1, cursor: "a b" }],
  ["sch", "200 1 %2D\na - -", { ...listOf("files found", ["a"]), more: 1, cursor: "-" }],
  ["pub", "413 too+many+publications", {
    kind: "error",
    code: 413,
    reason: "too many publications",
  }],
  ["lap", "429 too+many+requests", { kind: "error", code: 429, reason: "too many requests" }],
  ["get", "400 bad+name:+100%25", { kind: "error", code: 400, reason: "bad name: 100%" }],
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
  assertEquals(encodeSealedReply({ kind: "error", reason: "x" }), bytesOf("400 x"));
});

const VERB_OF = { "active peers": "lap", "files published": "lpf", "files found": "sch" } as const;

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
  pass: fc.record({ key: base64(32), ticket: base64(70) }),
}, { requiredKeys: ["ip", "port", "file"] });

/** Whether no row of `reply` has to be left out. */
function fits(reply: Reply): boolean {
  const { items = [], sources = [] } = reply as { items?: string[]; sources?: Source[] };
  const rows = new TextDecoder().decode(encodeSealedReply(reply)).split("\n").length - 1;
  return rows === items.length + sources.length;
}

Deno.test({
  name:
    "decodeSealedReply() reads back every list, source and error that encodeSealedReply() writes",
  permissions: "none",
}, () => {
  const replies: fc.Arbitrary<readonly [Verb, Reply]> = fc.oneof(
    lists.map((list) => [VERB_OF[list.of], list] as const),
    fc.array(sources, { minLength: 1, maxLength: 5 })
      .chain((sources) => fc.nat(9_999).map((more) => ({ sources, more })))
      .map((found) => ["get", { kind: "sources", ...found }] as const),
    fc.tuple(fc.constantFrom(...VERBS), fc.constantFrom(400, 401, 403, 413, 429, 500), texts)
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
  name: "encodeSealedReply() writes as many rows as fit into a message and counts the rest",
  permissions: "none",
}, () => {
  const many = fc.array(fc.tuple(longNames, details), { minLength: 1, maxLength: 30 });
  fc.assert(fc.property(many, fc.nat(1_000), (rows, more) => {
    const known = rows.map(([, details]) => details);
    const list = { ...listOf("files found", rows.map(([name]) => name), known), more };
    const bytes = encodeSealedReply(list);
    assert(bytes.length <= TEXT_BYTES);
    const read = decodeSealedReply("sch", bytes) as List;
    const { length } = read.items;
    assertEquals([read.items, read.details ?? []], [
      list.items.slice(0, length),
      known.slice(0, length),
    ]);
    assertEquals(length + read.more, rows.length + more);
    if (length === rows.length) return;
    const next = listOf("files found", [list.items[length]!], [known[length]]);
    const room = TEXT_BYTES - "200 999999999".length - (bytes.length - bytes.indexOf(0x0a));
    const row = new TextDecoder().decode(encodeSealedReply(next)).split("\n")[1] ?? "";
    assert(bytesOf(row).length === 0 || 1 + bytesOf(row).length > room, "one more would fit");
  }));
});

Deno.test({
  name: "encodeSealedReply() writes a cursor unless the list is cut, and always below no row",
  permissions: "none",
}, () => {
  const listed = longNames.filter((name) => bytesOf(encodeField(name)).length <= NAME_BYTES + 64);
  fc.assert(fc.property(fc.array(listed, { maxLength: 30 }), listed, (items, cursor) => {
    const bytes = encodeSealedReply({ ...listOf("files found", items), more: 1, cursor });
    assert(bytes.length <= TEXT_BYTES);
    const read = decodeSealedReply("sch", bytes) as List;
    assertEquals(read.items, items.slice(0, read.items.length));
    assert(read.cursor === undefined ? read.items.length > 0 : read.cursor === cursor);
    if (read.items.length < items.length) assertEquals(read.cursor, undefined);
  }));
});

for (const isTold of [false, true]) {
  const what = isTold ? "with sizes and ids" : "without details";
  Deno.test({
    name: `10,000 names ${what} come whole in pages that follow their cursor`,
    permissions: "none",
  }, () => {
    const all = Array.from({ length: 10_000 }, (_, i) => `folder/a name & ${i} %.txt`).sort();
    const known = (name: string): FileDetails => ({ size: name.length, id: ID });
    const read: string[] = [];
    for (let more = 1; more > 0;) {
      const left = all.slice(read.length === 0 ? 0 : all.indexOf(read.at(-1)!) + 1);
      const next = left.slice(0, 100);
      const list = listOf("files published", next, isTold ? next.map(known) : undefined);
      const bytes = encodeSealedReply({ ...list, more: left.length - next.length });
      const page = decodeSealedReply("lpf", bytes) as List;
      assert(page.items.length > 0 && page.items.length < 100 && bytes.length <= TEXT_BYTES);
      assertEquals(page.more, left.length - page.items.length);
      assertEquals(page.details, isTold ? page.items.map(known) : undefined);
      read.push(...page.items);
      more = page.more;
    }
    assertEquals(read.length, 10_000);
    assert(read.every((name, i) => name === all[i]));
  });
}

Deno.test({
  name: "decodeSealedReply() reads rows of a newer index, which end in more fields",
  permissions: "none",
}, () => {
  const list = decodeSealedReply("lpf", bytesOf(`200 0 x\na 5 - new more\nb - - x`));
  assertEquals(list, listOf("files published", ["a", "b"], [{ size: 5, id: "-" }, undefined]));
  const peers = decodeSealedReply("lap", bytesOf("200 0\nhans - - x"));
  assertEquals(peers, listOf("active peers", ["hans"]));
  const file = { user: "h", name: "a", details: { size: 5, id: ID } };
  const pass = { key: KEY, ticket: "t" };
  const text = `200 0\n10.0.0.1 5000 h a 5 ${ID} ${KEY} t more`;
  assertEquals(decodeSealedReply("get", bytesOf(text)), {
    kind: "sources",
    sources: [{ ip: "10.0.0.1", port: 5_000, file, pass }],
    more: 0,
  });
});

const REFUSED: readonly (readonly [verb: Verb, text: string])[] = [
  ["lap", ""],
  ["lap", "200"],
  ["lap", "200 -1"],
  ["lap", "200 01"],
  ["lap", "200 1e3"],
  ["lap", "200 1000000000000000"],
  ["lap", "201 0"],
  ["lap", "0200 0"],
  ["lap", "502 x"],
  ["lap", "404"],
  ["lap", "409"],
  ["login", "404"],
  ["pub", "404"],
  ["unp", "409"],
  ["pub", "400 %"],
  ["lap", "200 0\n%"],
  ["lpf", "200 0\na 05 -"],
  ["lpf", "200 0\na 5 x"],
  ["get", "200 0\n"],
  ["get", "200 0\n127.0.0.1"],
  ["get", "200 0\n127.0.0.1 0 h a"],
  ["get", "200 0\n127.0.0.1 1023 h a"],
  ["get", "200 0\n127.0.0.1 65536 h a"],
  ["get", "200 0\n0.0.0.0 5000 h a"],
  ["get", "200 0\n224.0.0.1 5000 h a"],
  ["get", "200 0\nlocalhost 5000 h a"],
  ["get", "200 0\n127.0.0.1 5000 % a"],
  ["get", "200 0\n127.0.0.1 5000 h a 5 x"],
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
    texts.map((text) => bytesOf(`200 ${text}`)),
    fc.array(texts).map((rows) => bytesOf(["200 0", ...rows].join("\n"))),
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
