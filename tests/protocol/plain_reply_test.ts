import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { BitTrickleError } from "../../lib/errors.ts";
import { PLAIN_REPLY_BYTES } from "../../lib/protocol/limits.ts";
import { NOT_LOGGED_IN, type Reply, type Verb } from "../../lib/protocol/messages.ts";
import {
  decodePlainReply,
  encodePlainReply,
  formatPlainReply,
  isAnswer,
} from "../../lib/protocol/plain_reply.ts";
import { peerPorts, plainNames, texts, VERBS } from "./arbitraries.ts";
import { bytesOf } from "../support/bytes.ts";
import { listOf } from "../support/lists.ts";

type List = Reply & { kind: "list" };

const REPLIES: readonly (readonly [verb: Verb, text: string, reply: Reply])[] = [
  ["login", "Welcome to BitTrickle!", { kind: "welcome" }],
  ["login", "Authentication failed. Please try again.", { kind: "login failed" }],
  ["login", "Authentication failed: user is already active", { kind: "already active" }],
  ["lap", "No active peers", listOf("active peers", [])],
  ["lap", "1 active peer:\nhans", listOf("active peers", ["hans"])],
  ["lap", "2 active peers:\nhans\nvader", listOf("active peers", ["hans", "vader"])],
  ["lpf", "No files published", listOf("files published", [])],
  ["lpf", "1 file published:\na.txt", listOf("files published", ["a.txt"])],
  ["lpf", "2 files published:\na.txt\nb.txt", listOf("files published", ["a.txt", "b.txt"])],
  ["sch", "No files found", listOf("files found", [])],
  ["sch", "1 file found:\na.txt", listOf("files found", ["a.txt"])],
  ["sch", "2 files found:\na.txt\nb.txt", listOf("files found", ["a.txt", "b.txt"])],
  ["sch", "7 files found:\na.txt\n… and 6 more", { ...listOf("files found", ["a.txt"]), more: 6 }],
  ["sch", "1 file found:\na.txt\n… and 0+ more", {
    ...listOf("files found", ["a.txt"]),
    isLowerBound: true,
  }],
  ["sch", "7 files found:\na.txt\n… and 6+ more", {
    ...listOf("files found", ["a.txt"]),
    more: 6,
    isLowerBound: true,
  }],
  ["pub", "File published successfully", { kind: "published" }],
  ["unp", "File unpublished successfully", { kind: "unpublished" }],
  ["unp", "File unpublication failed", { kind: "not published" }],
  ["get", "200 127.0.0.1 57820", sourceAt("127.0.0.1", 57_820)],
  ["get", "200 fe80::1 1024", sourceAt("fe80::1", 1_024)],
  ["get", "File not found", { kind: "no source" }],
  ["pub", "Error: not logged in", { kind: "error", reason: "not logged in" }],
];

function sourceAt(ip: string, port: number): Reply {
  return { kind: "sources", sources: [{ ip, port }], more: 0 };
}

for (const [verb, text, reply] of REPLIES) {
  const name = JSON.stringify(text);
  Deno.test({ name: `encodePlainReply() writes ${name}`, permissions: "none" }, () => {
    assertEquals(encodePlainReply(reply), bytesOf(text));
  });

  Deno.test({ name: `decodePlainReply() reads ${name} as ${verb}'s`, permissions: "none" }, () => {
    assertEquals(decodePlainReply(verb, bytesOf(text)), reply);
  });
}

Deno.test({
  name: "decodePlainReply() takes the answer to one verb for no other verb's",
  permissions: "none",
}, () => {
  for (const [verb, text, reply] of REPLIES) {
    if (reply.kind === "error") continue;
    for (const other of VERBS.filter((other) => other !== verb)) {
      const error = assertThrows(() => decodePlainReply(other, bytesOf(text)), BitTrickleError);
      assertEquals(error.code, "malformed", `${other}: ${text}`);
    }
  }
});

Deno.test({
  name: "encodePlainReply() writes the first of several sources, and of its file nothing",
  permissions: "none",
}, () => {
  const file = { user: "hans", name: "a.txt", details: { size: 5 } };
  const sources = [{ ip: "10.0.0.1", port: 5_001, file }, { ip: "10.0.0.2", port: 5_002 }];
  assertEquals(
    encodePlainReply({ kind: "sources", sources, more: 1 }),
    bytesOf("200 10.0.0.1 5001"),
  );
});

Deno.test({
  name: "encodePlainReply() writes a list and an error without details and code",
  permissions: "none",
}, () => {
  const list = { ...listOf("files found", ["a.txt"]), details: [{ size: 5 }] };
  assertEquals(encodePlainReply(list), bytesOf("1 file found:\na.txt"));
  const error: Reply = { kind: "error", code: 413, reason: "too many publications" };
  assertEquals(encodePlainReply(error), bytesOf("Error: too many publications"));
});

const REFUSED_LOGINS = [
  ["Authentication failed. Please try again.", "login failed"],
  ["Authentication failed: user is already active", "already active"],
] as const;

for (const [text, kind] of REFUSED_LOGINS) {
  Deno.test({
    name: `decodePlainReply() recognises "${text}" cut to the length of any login`,
    permissions: "none",
  }, () => {
    for (let length = 14; length <= text.length; length++) {
      const cut = text.slice(0, length);
      const expected = "Authentication failed".startsWith(cut) ? "login failed" : kind;
      assertEquals(decodePlainReply("login", bytesOf(cut)).kind, expected, cut);
    }
  });

  Deno.test({
    name: `decodePlainReply() refuses "${text}" cut below the length of any login`,
    permissions: "none",
  }, () => {
    for (let length = 0; length < 14; length++) {
      const cut = bytesOf(text.slice(0, length));
      assertThrows(() => decodePlainReply("login", cut), BitTrickleError, "unexpected answer");
    }
  });
}

const NOT_ONE_HOST = "0.0.0.0 0.1.2.3 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 :: " +
  "ff02::1 FF05::2 ::ffff:224.0.0.1 localhost 127.1 127.0.0.01 2130706433 [::1]";
const NOT_A_PORT = "0 -1 70000 6e3 05000 +5000 0x50 5000.0";
const NO_SOURCES = [
  ...NOT_ONE_HOST.split(" ").map((ip) => `200 ${ip} 5000`),
  ...NOT_A_PORT.split(" ").map((port) => `200 127.0.0.1 ${port}`),
  "200 127.0.0.1",
  "200 127.0.0.1 5000 ",
  "200 127.0.0.1 5000\n",
  "200  127.0.0.1 5000",
  "201 127.0.0.1 5000",
];

for (const text of NO_SOURCES) {
  const name = `decodePlainReply() refuses the source ${JSON.stringify(text)}`;
  Deno.test({ name, permissions: "none" }, () => {
    const error = assertThrows(() => decodePlainReply("get", bytesOf(text)), BitTrickleError);
    assertEquals(error.code, "malformed");
  });
}

const NO_LISTS = [
  "0 active peers:",
  "1 active peers:\nhans",
  "2 active peer:\nhans\nvader",
  "1 file found:\nhans",
  "2 active peers:\nhans",
  "2 active peers:\nhans\nvader\nyoda",
  "02 active peers:\nhans\nvader",
  "1e0 active peers:\nhans",
  "9 active peers:\nhans\n… and 7 more",
  "9 active peers:\nhans\n… and 08 more",
  "1 active peer: hans",
  "No active peers\n",
  "",
];

for (const text of NO_LISTS) {
  const name = `decodePlainReply() refuses the list ${JSON.stringify(text)}`;
  Deno.test({ name, permissions: "none" }, () => {
    const error = assertThrows(() => decodePlainReply("lap", bytesOf(text)), BitTrickleError);
    assertEquals(error.code, "malformed");
  });
}

const VERB_OF = {
  "active peers": "lap",
  "files published": "lpf",
  "files found": "sch",
  "buckets": "share",
} as const;

const lists: fc.Arbitrary<List> = fc.record({
  kind: fc.constant("list" as const),
  of: fc.constantFrom("active peers", "files published", "files found"),
  items: fc.array(fc.oneof(plainNames, fc.nat(250).map((n) => "x".repeat(n + 1))), {
    maxLength: 300,
    size: "max",
  }),
  more: fc.constantFrom(0, 0, 1, 9, 10, 99_999),
});

Deno.test({
  name: "encodePlainReply() cuts a list at a line, no sooner than it must, and counts the rest",
  permissions: "none",
}, () => {
  fc.assert(fc.property(lists, (list) => {
    const datagram = encodePlainReply(list);
    assert(datagram.length <= PLAIN_REPLY_BYTES);
    const { items, more } = decodePlainReply(VERB_OF[list.of], datagram) as List;
    assertEquals(items, list.items.slice(0, items.length));
    assertEquals(items.length + more, list.items.length + list.more);
    if (items.length === list.items.length) return;
    for (const length of [items.length + 1, list.items.length]) {
      const rest = list.items.length - length;
      const longer = { ...list, items: list.items.slice(0, length), more: list.more + rest };
      assert(bytesOf(formatPlainReply(longer)).length > PLAIN_REPLY_BYTES, `${length} would fit`);
    }
  }));
});

Deno.test({
  name: "encodePlainReply() ends a list of 1000 files with the number of those left out",
  permissions: "none",
}, () => {
  const items = Array.from({ length: 1_000 }, (_, i) => `file_${String(i).padStart(4, "0")}.txt`);
  const lines = new TextDecoder().decode(encodePlainReply(listOf("files found", items)))
    .split("\n");
  assertEquals(lines[0], "1000 files found:");
  assertEquals(lines.at(-2), "file_0069.txt");
  assertEquals(lines.at(-1), "… and 930 more");
});

Deno.test({
  name: "formatPlainReply() leaves a list whole unless it is given a limit",
  permissions: "none",
}, () => {
  const items = Array.from({ length: 1_000 }, (_, i) => `file_${i}.txt`);
  assertEquals(
    formatPlainReply(listOf("files published", items)),
    ["1000 files published:", ...items].join("\n"),
  );
});

const replies: fc.Arbitrary<readonly [Verb, Reply]> = fc.oneof(
  fc.constantFrom(...REPLIES.map(([verb, , reply]) => [verb, reply] as const)),
  fc.tuple(fc.ipV4().filter((ip) => /^(?:[1-9]|1\d\d|2[01])\d?\./.test(ip)), peerPorts)
    .map(([ip, port]) => ["get", sourceAt(ip, port)] as const),
  fc.tuple(fc.constantFrom(...VERBS), texts.filter((text) => !NOT_LOGGED_IN.startsWith(text)))
    .map(([verb, reason]) => [verb, { kind: "error", reason }] as const),
);

Deno.test({
  name: "decodePlainReply() reads back every reply that encodePlainReply() writes",
  permissions: "none",
}, () => {
  fc.assert(fc.property(replies, ([verb, reply]) => {
    assertEquals(decodePlainReply(verb, encodePlainReply(reply)), reply);
  }));
});

Deno.test({
  name: "decodePlainReply() reads a lost session out of an answer cut to the request's length",
  permissions: "none",
}, () => {
  for (const request of ["lap u", "lap hans", "pub hans a.txt", "get hans a-long-name.txt"]) {
    const cut = bytesOf("Error: not logged in").subarray(0, request.length);
    assertEquals(decodePlainReply("lap", cut), { kind: "error", reason: NOT_LOGGED_IN });
  }
});

Deno.test({ name: "isAnswer() knows an error reply, whole or cut", permissions: "none" }, () => {
  for (const text of ["Error: ", "Error: not logged in"]) assert(isAnswer(bytesOf(text)));
  for (const text of ["", "Error", "error: x", "lap hans"]) assert(!isAnswer(bytesOf(text)));
});

const noise = fc.oneof(
  fc.uint8Array({ maxLength: 2_000 }),
  texts.map(bytesOf),
  fc.tuple(fc.constantFrom(...REPLIES), fc.nat(), fc.nat(255)).map(([[, text], at, byte]) => {
    const datagram = bytesOf(text);
    return datagram.with(at % datagram.length, byte);
  }),
);

for (const verb of VERBS) {
  const name = `decodePlainReply() throws nothing but malformed for any answer to ${verb}`;
  Deno.test({ name, permissions: "none" }, () => {
    fc.assert(fc.property(noise, (datagram) => {
      try {
        decodePlainReply(verb, datagram);
      } catch (error) {
        assert(error instanceof BitTrickleError && error.code === "malformed");
      }
    }));
  });
}
