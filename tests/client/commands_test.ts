import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  AVAILABLE,
  BANNER,
  checkCommand,
  COMMANDS,
  SHELL_WORDS,
} from "../../lib/client/commands.ts";
import { parseInvocation } from "../../lib/client/invocation.ts";
import { BitTrickleError } from "../../lib/errors.ts";
import type { DetailedLists } from "../../lib/peer/detailed_lists.ts";
import type { Gotten } from "../../lib/peer/download/get_setting.ts";
import type { Skipped } from "../../lib/peer/share/list_tree.ts";
import type { Peer } from "../../lib/peer/peer.ts";
import type { PeerGetOptions } from "../../lib/peer/peer_options.ts";

/** A peer that does nothing but what `methods` say. */
function peerThat(methods: Partial<Peer>): Peer {
  return methods as Peer;
}

/** Runs a line as the shell does. Its outcome has one text, as a person would read it. */
async function run(peer: Peer, line: string, options: PeerGetOptions = {}) {
  const invocation = parseInvocation(line.split(" "));
  const { args, flags } = invocation;
  const outcome = await checkCommand(invocation).run(peer, args, { ...options, ...flags });
  const { lines, ...rest } = outcome;
  return { text: lines.join("\n"), ...rest };
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
  "unp lab/ --everywhere",
  "lap --long",
  "lpf hans --long",
];

for (const line of LINES) {
  Deno.test({ name: `checkCommand() accepts "${line}"`, permissions: "none" }, () => {
    const invocation = parseInvocation(line.split(" "));
    assertEquals(checkCommand(invocation), COMMANDS.get(invocation.verb));
  });
}

const MISTAKES: readonly (readonly [words: readonly string[], reason: string])[] = [
  [[""], `"" is not a command. ${AVAILABLE}`],
  [["rm", "a.txt"], `"rm" is not a command. ${AVAILABLE}`],
  [["LAP"], `"LAP" is not a command; did you mean "lap"?`],
  [["gte"], `"gte" is not a command; did you mean "get"?`],
  [["lp"], `"lp" is not a command; did you mean "lap"?`],
  [["publish", "a"], `"publish" is not a command; did you mean "pub"?`],
  [["join", "x"], "join comes first, without an index: bittrickle-client join …"],
  [["man"], "man comes first, without an index: bittrickle-client man …"],
  [["login"], `"login" is not a command. ${AVAILABLE}`],
  [["__proto__"], `"__proto__" is not a command. ${AVAILABLE}`],
  [["\x1b[2J"], `"\\u{1b}[2J" is not a command. ${AVAILABLE}`],
  [["get"], "get needs a file: get <file>"],
  [["pub"], "pub needs a file: pub <file>"],
  [["unp"], "unp needs a file: unp <file>"],
  [["sch"], "sch needs a text: sch <text>"],
  [["cat", "my", "file"], "cat takes one file: cat <file>; a name with spaces is put in quotes"],
  [["config", "show", "it"], "config takes one word: config <show|path>"],
  [["config"], "config needs a word: config <show|path>"],
  [["limit", "up", "5M", "now"], "limit takes 2 words at most: limit [up|down RATE]"],
  [["lap", "hans"], "lap takes nothing after it"],
  [["lpf", "hans", "vader"], "lpf takes one user: lpf [user]"],
  [["pub", "a", "--force"], "pub takes no --force; a name that begins with - is written after --"],
  [["unp", "a", "--as=b"], "unp takes no --as; a name that begins with - is written after --"],
  [["get", "a", "--long"], "get takes no --long; a name that begins with - is written after --"],
  [["lap", "--share"], "lap takes no --share; a name that begins with - is written after --"],
];

for (const [words, reason] of MISTAKES) {
  Deno.test({
    name: `checkCommand() explains what is wrong with ${JSON.stringify(words)}`,
    permissions: "none",
  }, () => {
    const error = assertThrows(() => checkCommand(parseInvocation(words)), BitTrickleError);
    assertEquals([error.code, error.message], ["usage", reason]);
  });
}

Deno.test(
  { name: "the shell offers the original's commands, some more, and help", permissions: "none" },
  () => {
    assertEquals(AVAILABLE, "Available commands are: get, lap, lpf, pub, sch, unp, xit");
    assertEquals(SHELL_WORDS, [
      ...["cancel", "cat", "get", "jobs", "lap", "limit", "lpf"],
      ...["pub", "sch", "unp", "wait"],
      ...["xit", "help"],
    ]);
    assertEquals(BANNER, [
      AVAILABLE,
      "More: cat, jobs, limit. Type help for what they do, help get for all about get.",
    ]);
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
  name: "pub and unp give the index's words and the name",
  permissions: "none",
}, async () => {
  const fields = { name: "a.txt" };
  const good = peerThat({
    isFolder: () => Promise.resolve(false),
    pub: () => Promise.resolve({ kind: "published" }),
    unp: () => Promise.resolve({ kind: "unpublished" }),
  });
  const published = await run(good, "pub a.txt");
  assertEquals(published, { text: "File published successfully", fields });
  const unpublished = await run(good, "unp a.txt");
  assertEquals(unpublished, { text: "File unpublished successfully", fields });
  const lists = { sharesWith: () => Promise.resolve([]) } as Partial<DetailedLists>;
  const bad = peerThat({
    unp: () => Promise.resolve({ kind: "not published" }),
    lists: lists as DetailedLists,
  });
  const failed = await run(bad, "unp a.txt");
  assertEquals(failed, { text: "File unpublication failed", fields, failure: "not_found" });
});

Deno.test({
  name: "unp of a folder without its / tells how it is withdrawn",
  permissions: "none",
}, async () => {
  const sharesWith = (name: string) => Promise.resolve(name === "lab/" ? [{}] : []);
  const peer = peerThat({
    unp: () => Promise.resolve({ kind: "not published" }),
    lists: { sharesWith } as unknown as DetailedLists,
  });
  const { text, failure } = await run(peer, "unp lab");
  const hint = '"lab" is a folder: "lab/" withdraws all that is published below it';
  assertEquals([text, failure], [`File unpublication failed\n${hint}`, "not_found"]);
});

const DOWNLOADED = { kind: "downloaded", size: 42, from: ["hans"], kept: 0 } as const;

/** A peer that can get these and nothing else. */
function peerWith(
  files: Record<string, Gotten>,
  onGet: (options?: PeerGetOptions) => void = () => {},
) {
  return peerThat({
    lists: { hasFolderOfOthers: () => Promise.resolve(false) } as unknown as DetailedLists,
    get: (name, options) => {
      onGet(options);
      return Promise.resolve(files[name] ?? { kind: "nothing" });
    },
  });
}

Deno.test({
  name: "get passes its options on and tells what came from whom",
  permissions: "none",
}, async () => {
  const given: (PeerGetOptions | undefined)[] = [];
  const onProgress = () => {};
  const peer = peerWith({ "a.txt": { name: "a.txt", ...DOWNLOADED } }, (it) => given.push(it));
  assertEquals(await run(peer, "get a.txt", { onProgress }), {
    text: "a.txt downloaded successfully",
    fields: { name: "a.txt", bytes: 42, from: ["hans"], kept: 0 },
  });
  assertEquals(await run(peer, "get b.txt --as c.txt --force --share"), {
    text: "File not found",
    fields: { name: "b.txt" },
    failure: "not_found",
  });
  assertEquals(given, [
    { onProgress, force: false, share: false },
    { as: "c.txt", force: true, share: true },
  ]);
});

Deno.test({ name: "get of what is there already says so", permissions: "none" }, async () => {
  const peer = peerWith({ a: { kind: "present", name: "a", size: 42 } });
  assertEquals(await run(peer, "get a"), {
    text: "a is already there, and identical",
    fields: { name: "a", bytes: 42, identical: true },
  });
});

Deno.test({
  name: "get of a name that stands for several files offers ids and sizes, as short as they can be",
  permissions: "none",
}, async () => {
  const ids = ["0123456789".padEnd(64, "a"), "012345678f".padEnd(64, "a")];
  const named = { name: "a", isNamedByOthers: false };
  const choices = [
    { id: ids[0]!, size: 1_000, ...named, users: ["hans", "chewy"] },
    { id: ids[1]!, size: 2, ...named, users: ["yoda"] },
    { id: ids[1]!, size: 3, ...named, users: ["vader"] },
  ];
  const outcome = await run(peerWith({ a: { kind: "choices", choices } }), "get a");
  assertEquals(outcome.failure, "ambiguous");
  assertEquals(outcome.text.split("\n"), [
    "a stands for 3 files; get one by its id and size:",
    "  0123456789:1000  1.0 kB  hans, chewy",
    "  012345678f:2  2 B  yoda",
    "  012345678f:3  3 B  vader",
  ]);
  const [first] = outcome.fields["choices"] as unknown[];
  const content = `${ids[0]}:1000`;
  assertEquals(first, { content, id: ids[0], size: 1_000, users: ["hans", "chewy"] });
});

Deno.test({ name: "get of several files tells of each", permissions: "none" }, async () => {
  const peer = peerWith({ a: { name: "a", ...DOWNLOADED }, b: { name: "b", ...DOWNLOADED } });
  const good = await run(peer, "get a b");
  assertEquals([good.text, good.failure], [
    "a downloaded successfully\nb downloaded successfully",
    undefined,
  ]);
  const mixed = await run(peer, "get a c");
  assertEquals([mixed.text, mixed.failure], [
    'a downloaded successfully\n"c": File not found',
    "partial",
  ]);
  const bad = await run(peer, "get my file");
  assertEquals([bad.text.split("\n").at(-1), bad.failure], [
    'If that is one name with spaces, put it in quotes: get "my file"',
    "not_found",
  ]);
});

Deno.test(
  { name: "pub and unp of a name without its quotes say so", permissions: "none" },
  async () => {
    const missing = new BitTrickleError("not_found", "no such file in the shared folder");
    const none = { list: { items: [] }, sharesWith: () => Promise.resolve([]) };
    const peer = peerThat({
      isFolder: () => Promise.resolve(false),
      pub: () => Promise.reject(missing),
      unp: () => Promise.resolve({ kind: "not published" }),
      lists: none as unknown as DetailedLists,
    });
    for (const verb of ["pub", "unp"]) {
      const { text } = await run(peer, `${verb} my file`);
      const hint = `If that is one name with spaces, put it in quotes: ${verb} "my file"`;
      assertEquals(text.split("\n").at(-1), hint);
    }
  },
);

Deno.test({ name: "a search of get is one word", permissions: "none" }, async () => {
  const both = () => run(peerWith({}), "get --match lab user:hans");
  const reason = "quotes: get --match 'lab*.pdf user:hans'";
  await assertRejects(both, BitTrickleError, reason);
});

Deno.test({ name: "get of a folder counts what came of it", permissions: "none" }, async () => {
  const failed = [{ name: "d/c", code: "network" as const, reason: "no" }];
  const whole = { left: [], stopped: undefined, lacksRoom: false };
  const tree = {
    downloaded: ["d/a"],
    present: ["d/b", "d/e"],
    skipped: [],
    failed,
    bytes: 1_000,
    ...whole,
  };
  const outcome = await run(peerThat({ getTree: () => Promise.resolve(tree) }), "get d/");
  assertEquals([outcome.text, outcome.failure], [
    '1 file downloaded (1.0 kB), 2 files already there, 1 file failed\n"d/c": no',
    "partial",
  ]);
  const none = { downloaded: [], present: [], skipped: [], failed: [], bytes: 0, ...whole };
  const nothing = await run(peerThat({ getTree: () => Promise.resolve(none) }), "get d/");
  assertEquals(nothing.failure, "not_found");
});

Deno.test(
  { name: "get of a folder names every failure, and what stopped it", permissions: "none" },
  async () => {
    const names = Array.from({ length: 30 }, (_, i) => `d/${i}`);
    const failed = names.map((name) => {
      return { name, code: "network" as const, reason: `"${name}": no` };
    });
    const stopped = new BitTrickleError("index_gone", "No answer from the index");
    const some = { downloaded: ["d/a"], present: [], skipped: [], bytes: 1_000 };
    const tree = { ...some, failed, left: ["d/x", "d/y"], stopped, lacksRoom: false };
    const outcome = await run(peerThat({ getTree: () => Promise.resolve(tree) }), "get d/");
    assertEquals(outcome.text.split("\n"), [
      "1 file downloaded (1.0 kB), 30 files failed, 2 files left",
      ...failed.map(({ reason }) => reason),
      "Stopped: No answer from the index",
    ]);
    assertEquals([outcome.failure, outcome.fields.left], ["index_gone", ["d/x", "d/y"]]);
    const full = { ...tree, stopped: undefined, left: [], lacksRoom: true };
    const disk = await run(peerThat({ getTree: () => Promise.resolve(full) }), "get d/");
    assertEquals(disk.failure, "disk");
  },
);

Deno.test(
  { name: "pub of a folder tells what it left out, and why", permissions: "none" },
  async () => {
    const skipped = Array.from({ length: 12 }, (_, i): Skipped => {
      return { name: `d/.${i}`, code: "usage", reason: "hidden" };
    });
    const pub = (published: string[], skipped: Skipped[]) => {
      const pubTree = () => Promise.resolve({ published, skipped, ignored: 0 });
      return run(peerThat({ isFolder: () => Promise.resolve(true), pubTree }), "pub d");
    };
    const outcome = await pub(["d/a", "d/b"], skipped);
    assertEquals([outcome.text, outcome.failure], [
      ["2 files published", ...skipped.map(({ name }) => `Skipped "${name}": hidden`)].join("\n"),
      "partial",
    ]);
    const left = skipped.map(({ name, code, reason }) => ({ name, code, message: reason }));
    assertEquals(outcome.fields["skipped"], left);
    assertEquals((await pub(["d/a"], [])).failure, undefined);
    assertEquals((await pub([], [])).failure, "not_found");
  },
);

Deno.test({ name: "unp of a folder tells how many it withdrew", permissions: "none" }, async () => {
  const peer = peerThat({ unpTree: () => Promise.resolve(["d/a"]) });
  assertEquals((await run(peer, "unp d/")).text, "1 file unpublished");
});
