import { assertEquals, assertThrows } from "@std/assert";
import {
  AVAILABLE,
  checkCommand,
  COMMANDS,
  helpOutcome,
  type Outcome,
  SHELL_WORDS,
} from "../../lib/cli/commands.ts";
import { BitTrickleError } from "../../lib/errors.ts";
import type { DownloadOptions } from "../../lib/peer/download.ts";
import type { Peer } from "../../lib/peer/peer.ts";

/** A peer that does nothing but what `methods` say. */
function peerThat(methods: Partial<Peer>): Peer {
  return methods as Peer;
}

function run(peer: Peer, line: string, options: DownloadOptions = {}): Promise<Outcome> {
  const words = line.split(" ");
  return checkCommand(words).run(peer, words.slice(1).join(" "), options);
}

const LINES = [
  "lap",
  "lpf",
  "lpf hans",
  "get a.txt",
  "pub a.txt",
  "sch droid",
  "sch droid old mp4",
  "unp a.txt",
];

for (const line of LINES) {
  Deno.test({ name: `checkCommand() accepts "${line}"`, permissions: "none" }, () => {
    const words = line.split(" ");
    assertEquals(checkCommand(words), COMMANDS.get(words[0]!));
  });
}

const MISTAKES: readonly (readonly [words: readonly string[], reason: string])[] = [
  [[], `"" is not a command. ${AVAILABLE}`],
  [["rm", "a.txt"], `"rm" is not a command. ${AVAILABLE}`],
  [["LAP"], `"LAP" is not a command. ${AVAILABLE}`],
  [["login"], `"login" is not a command. ${AVAILABLE}`],
  [["__proto__"], `"__proto__" is not a command. ${AVAILABLE}`],
  [["\x1b[2J"], `"\\u{1b}[2J" is not a command. ${AVAILABLE}`],
  [["get"], "get needs a file: get <file>"],
  [["pub"], "pub needs a file: pub <file>"],
  [["unp"], "unp needs a file: unp <file>"],
  [["sch"], "sch needs a text: sch <text>"],
  [["lap", "hans"], "lap takes nothing after it"],
  [["lpf", "hans", "vader"], "lpf takes one user, without spaces: lpf [user]"],
  [["pub", "a", "b"], "pub takes one file, without spaces: pub <file>"],
  [["unp", "a", "b"], "unp takes one file, without spaces: unp <file>"],
  [["get", "a", "b"], "get takes one file, without spaces: get <file>"],
];

for (const [words, reason] of MISTAKES) {
  Deno.test({
    name: `checkCommand() explains what is wrong with ${JSON.stringify(words)}`,
    permissions: "none",
  }, () => {
    const error = assertThrows(() => checkCommand(words), BitTrickleError);
    assertEquals([error.code, error.message], ["usage", reason]);
  });
}

Deno.test(
  { name: "the shell offers the original's commands and help", permissions: "none" },
  () => {
    assertEquals(AVAILABLE, "Available commands are: get, lap, lpf, pub, sch, unp, xit");
    assertEquals(SHELL_WORDS, ["get", "lap", "lpf", "pub", "sch", "unp", "xit", "help"]);
    assertEquals(helpOutcome().text.split("\n").map((row) => row.split(" ")[0]), [...SHELL_WORDS]);
  },
);

Deno.test({
  name: "lap, lpf and sch give a list in the original's words and as fields",
  permissions: "none",
}, async () => {
  const peer = peerThat({
    lap: () => Promise.resolve({ kind: "list", of: "active peers", items: ["hans"], more: 0 }),
    lpf: (user) => {
      const items = user === undefined ? [] : [`${user}.txt`];
      return Promise.resolve({ kind: "list", of: "files published", items, more: 0 });
    },
    sch: (text) => Promise.resolve({ kind: "list", of: "files found", items: [text], more: 6 }),
  });
  assertEquals(await run(peer, "lap"), {
    text: "1 active peer:\nhans",
    fields: { items: ["hans"], more: 0 },
  });
  assertEquals(await run(peer, "lpf"), {
    text: "No files published",
    fields: { items: [], more: 0 },
  });
  assertEquals(await run(peer, "lpf hans"), {
    text: "1 file published:\nhans.txt",
    fields: { items: ["hans.txt"], more: 0 },
  });
  assertEquals(await run(peer, "sch droid"), {
    text: "7 files found:\ndroid\n… and 6 more",
    fields: { items: ["droid"], more: 6 },
  });
  const { fields } = await run(peer, "sch droid old mp4");
  assertEquals(fields, { items: ["droid old mp4"], more: 6 });
});

Deno.test({
  name: "a hostile name in a list is escaped in the text and whole in the fields",
  permissions: "none",
}, async () => {
  const items = ["\x1b[2J", "gpj\u202e.exe"];
  const peer = peerThat({
    lpf: () => Promise.resolve({ kind: "list", of: "files published", items, more: 0 }),
  });
  assertEquals(await run(peer, "lpf"), {
    text: "2 files published:\n\\u{1b}[2J\ngpj\\u{202e}.exe",
    fields: { items, more: 0 },
  });
});

Deno.test({
  name: "pub and unp give the index's words and the name",
  permissions: "none",
}, async () => {
  const fields = { name: "a.txt" };
  const good = peerThat({
    pub: () => Promise.resolve({ kind: "published" }),
    unp: () => Promise.resolve({ kind: "unpublished" }),
  });
  const published = await run(good, "pub a.txt");
  assertEquals(published, { text: "File published successfully", fields });
  const unpublished = await run(good, "unp a.txt");
  assertEquals(unpublished, { text: "File unpublished successfully", fields });
  const bad = peerThat({ unp: () => Promise.resolve({ kind: "not published" }) });
  const failed = await run(bad, "unp a.txt");
  assertEquals(failed, { text: "File unpublication failed", fields, failure: "not_found" });
});

Deno.test({
  name: "get passes its options on and tells what came from where",
  permissions: "none",
}, async () => {
  const source = { hostname: "127.0.0.1", port: 5_001 };
  const options = { onProgress: () => {} };
  const peer = peerThat({
    get: (name, given) => {
      assertEquals(given, options);
      return Promise.resolve(name === "a.txt" ? { name, size: 42, source } : undefined);
    },
  });
  assertEquals(await run(peer, "get a.txt", options), {
    text: "a.txt downloaded successfully",
    fields: { name: "a.txt", bytes: 42, from: source },
  });
  assertEquals(await run(peer, "get b.txt", options), {
    text: "File not found",
    fields: { name: "b.txt" },
    failure: "not_found",
  });
});
