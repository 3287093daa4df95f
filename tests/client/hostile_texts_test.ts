/**
 * Whatever an index, a publisher or a source calls things, a terminal shows it and obeys none of it.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { LiveArea } from "../../lib/cli/live_area.ts";
import type { Terminal } from "../../lib/cli/terminal.ts";
import { COMMANDS } from "../../lib/client/commands.ts";
import { parseInvocation } from "../../lib/client/invocation.ts";
import { Output } from "../../lib/client/output.ts";
import { runInvocation, type Workbench } from "../../lib/client/run_command.ts";
import { BitTrickleError } from "../../lib/errors.ts";
import type { DetailedLists } from "../../lib/peer/detailed_lists.ts";
import type { List } from "../../lib/peer/session/index_session.ts";
import type { Peer } from "../../lib/peer/peer.ts";
import { isPrintable } from "../../lib/protocol/escape.ts";
import { jsonLines } from "../support/json_lines.ts";

const PURE = { permissions: "none" } as const;

/** A line of the shell, and a peer in whose answer every text is `text`. */
type Case = readonly [
  line: string,
  peer: (text: string) => Partial<Peer>,
  columns?: number,
];

const CONTENT = { id: "0".repeat(64), size: 1 };

function listing(of: List["of"], text: string, more = 0): Promise<List> {
  return Promise.resolve({ kind: "list", of, items: [text, text], more });
}

function failing(text: string): Promise<never> {
  return Promise.reject(new BitTrickleError("unverified", text));
}

function detailedLists(text: string): Pick<Peer, "lists"> {
  const [items, share] = [[text, text], "0".repeat(16)];
  const [details, here] = [[CONTENT, undefined], [true, false]];
  const publishers = [{ user: text, active: 1, all: 2, device: text }, undefined];
  const places = items.map(() => ({ share, isServed: true, device: text, folder: text }));
  const where = { share, ip: text, port: 1, seconds: 1, isStandby: false };
  const sessions = items.map((user) => ({ ...where, user, device: text, agent: text }));
  const list = { kind: "list", more: 1, items, details } as const;
  const lists: Partial<DetailedLists> = {
    lap: () => Promise.resolve({ list: { ...list, of: "active peers" }, sessions }),
    lpf: () => Promise.resolve({ list: { ...list, of: "files published" }, places, here }),
    sch: () => Promise.resolve({ list: { ...list, of: "files found", publishers }, here }),
  };
  return { lists: lists as DetailedLists };
}

/** Finds names that hold `text`, of which none can be got. */
function matching(text: string): Partial<Peer> {
  const items = [`x${text}.x`];
  return {
    lists: { isSealed: true } as DetailedLists,
    sch: () => Promise.resolve({ kind: "list", of: "files found", items, more: 0 }),
    getTree: () => {
      const failed = [{ name: text, code: "unverified" as const, reason: text }];
      const none = { downloaded: [], present: [], skipped: [text], left: [text], bytes: 0 };
      return Promise.resolve({ ...none, failed, stopped: undefined, lacksRoom: false });
    },
  };
}

const CASES: readonly Case[] = [
  ...["lap", "lpf u", "sch x"].flatMap((line): Case[] => {
    return [[line, detailedLists, 80], [`${line} --long`, detailedLists]];
  }),
  ["lap", (text) => ({ lap: () => listing("active peers", text) })],
  ["lpf", (text) => ({ lpf: () => listing("files published", text, 300) })],
  ["sch x", (text) => ({ sch: () => listing("files found", text, 7) })],
  ["sch x", (text) => ({
    sch: () => {
      const items = Array<string>(1_000).fill(text);
      return Promise.resolve({ kind: "list", of: "files found", items, more: 100 });
    },
  })],
  ["get x", (text) => ({
    get: (_, options) => {
      options?.onNote?.(text);
      return Promise.resolve({ kind: "downloaded", name: text, size: 1, from: [text], kept: 0 });
    },
  })],
  ["get x", (text) => ({
    get: () => Promise.resolve({ kind: "present", name: text, size: 1 }),
  })],
  ["get x", (text) => ({
    get: () => {
      const choice = { ...CONTENT, name: text, isNamedByOthers: false, users: [text, text] };
      const other = { ...choice, id: "1".repeat(64) };
      return Promise.resolve({ kind: "choices", choices: [choice, other] });
    },
  })],
  ["get x", (text) => ({ get: () => Promise.resolve({ kind: "skipped", name: text, size: 1 }) })],
  ["get *.x", matching],
  ["get --match x* --yes", matching],
  ["get --match x*", matching],
  ["get x y", (text) => ({ get: () => failing(text) })],
  ["get x/", (text) => ({
    getTree: () => {
      const failed = [{ name: text, code: "unverified" as const, reason: text }];
      const stopped = new BitTrickleError("index_gone", text);
      const done = { downloaded: [text], present: [text], skipped: [], failed, bytes: 1 };
      return Promise.resolve({ ...done, left: [text], stopped, lacksRoom: false });
    },
  })],
  ["pub x", (text) => ({
    isFolder: () => Promise.resolve(true),
    pubTree: () => {
      const skipped = [{ name: text, code: "usage" as const, reason: text }];
      return Promise.resolve({ published: [text], skipped, ignored: 0 });
    },
  })],
  ["pub x", (text) => ({ isFolder: () => Promise.resolve(false), pub: () => failing(text) })],
  ["pub *x", (text) => ({
    isFolder: () => Promise.resolve(false),
    pubTree: () =>
      Promise.resolve({
        published: [],
        skipped: [{ name: text, code: "usage" as const, reason: text }],
        ignored: 0,
      }),
  })],
  ["unp *x", (text) => ({ unpTree: () => Promise.resolve([text]) })],
  ["unp x/", (text) => ({ unpTree: () => Promise.resolve([text]) })],
  ["unp x", (text) => ({ unp: () => failing(text) })],
  ...[...COMMANDS.keys()].map((verb): Case => [`${verb} --force`, () => ({})]),
];

/** What `line` prints if others say nothing but `text`. */
async function printedBy([line, peerThat, width]: Case, text: string, json: boolean) {
  const printed: string[] = [];
  const sink = (text: string) => void printed.push(text);
  const output = new Output({ json, stdout: sink, stderr: sink, columns: () => width });
  const terminal = { area: new LiveArea(undefined) } as Terminal;
  const { signal } = new AbortController();
  const bench = { peer: peerThat(text), terminal, output, signal };
  await runInvocation(bench as Workbench, parseInvocation(line.split(" ")));
  return printed.join("");
}

/** Controls of a terminal, line ends of every kind, and what reorders or hides other text. */
const hostile = fc.string({
  minLength: 1,
  unit: fc.constantFrom(
    ..."\x1b\x07\x00\x08\x7f\x9b\r\n\t\u2028\u2029\u202e\u200b\ufeff\u{e0041}",
    "\x1b[2J",
    "a",
    '"',
    "\\",
  ),
});

for (const [i, it] of CASES.entries()) {
  const name = `case ${i}, ${it[0]}: no text of others moves a cursor or adds a line`;
  Deno.test({ name, ...PURE }, async () => {
    const lines = (await printedBy(it, "harmless", false)).split("\n").length;
    await fc.assert(fc.asyncProperty(hostile, async (text) => {
      const printed = (await printedBy(it, text, false)).split("\n");
      assertEquals(printed.length, lines);
      assert(printed.every(isPrintable), JSON.stringify(printed));
      const objects = await printedBy(it, text, true);
      assert(objects.trimEnd().split("\n").every(isPrintable));
      jsonLines(objects);
    }));
  });
}
