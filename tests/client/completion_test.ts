import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { COMMANDS, SHELL_WORDS } from "../../lib/client/commands.ts";
import { complete, gapIn, knownCandidates } from "../../lib/client/completion.ts";
import { splitWords } from "../../lib/client/words.ts";
import { isPattern, literalOf } from "../../lib/protocol/glob.ts";
import { isPrintable } from "../../lib/protocol/escape.ts";

const PURE = { permissions: "none" } as const;

/** The line that Tab makes of `before`. */
function tab(before: string, candidates?: readonly string[]): string {
  const gap = gapIn(before);
  const { from, text } = complete(before, gap, candidates ?? knownCandidates(gap));
  return before.slice(0, from) + text;
}

const GAPS: readonly (readonly [before: string, kind: string, typed: string])[] = [
  ["", "command", ""],
  ["ge", "command", "ge"],
  ["get ", "remote", ""],
  ["get a", "remote", "a"],
  ['get "a b', "remote", "a b"],
  ['get "a b" c', "remote", "c"],
  ["get 'it's", "remote", "'it's"],
  ["cat x", "remote", "x"],
  ["pub lab/", "path", "lab/"],
  ["unp m", "own", "m"],
  ["lpf v", "user", "v"],
  ["ls v", "user", "v"],
  ["cancel ", "job", ""],
  ["get -", "flag", "-"],
  ["get -- -", "remote", "-"],
  ["get a --as b", "none", "b"],
  ["sch a", "none", "a"],
  ["help g", "command", "g"],
  ["nonsense a", "none", "a"],
];

for (const [before, kind, typed] of GAPS) {
  Deno.test({ name: `"${before}" goes on with a ${kind}`, ...PURE }, () => {
    const gap = gapIn(before);
    assertEquals([gap.kind, gap.typed], [kind, typed]);
  });
}

const COMPLETED:
  readonly (readonly [before: string, candidates: readonly string[], line: string])[] = [
    ["get fi", ["film.mkv"], "get film.mkv "],
    ["get fi", ["film-1", "film-2"], "get film-"],
    ["get film-", ["film-1", "film-2"], "get film-"],
    ["get x", ["film"], "get x"],
    ["get fi", ["film one", "film two"], 'get "film '],
    ['get "film o', ["film one"], 'get "film one" '],
    ["get FI", ["film"], "get film "],
    ["get l", ["lab/1", "lab/2"], "get lab/"],
    ["get lab/", ["lab/1", "lab/2/a"], "get lab/"],
    ["get l", ["lab 1/a", "lab 1/b"], 'get "lab 1/'],
    ["get ", ["-x"], "get -- -x "],
    ["get -- -", ["-x"], "get -- -x "],
    ["get a", ["a&b"], 'get "a&b" '],
    ["get it", ["it's"], `get "it's" `],
    ["get lab", ["lab[1].pdf"], 'get "lab[1].pdf" '],
    ["get lab\\[", ["lab[1].pdf", "lab[2].pdf"], 'get "lab['],
    ['get "lab[1', ["lab[1]/a", "lab[1]/b"], 'get "lab[1]/'],
    ["get a", ['a"b', "a\x1b[2J", "a\u202eb"], "get a"],
  ];

for (const [before, candidates, line] of COMPLETED) {
  Deno.test({ name: `of ${JSON.stringify(candidates)} Tab makes ${line}`, ...PURE }, () => {
    assertEquals(tab(before, candidates), line);
  });
}

Deno.test({ name: "Tab knows commands and their flags", ...PURE }, () => {
  assertEquals(tab("li"), "limit ");
  assertEquals(tab("get --sh"), "get --share ");
  assertEquals(tab("jobs --"), "jobs --");
  const all = complete("", gapIn(""), SHELL_WORDS);
  assertEquals(all.choices.toSorted(), SHELL_WORDS.toSorted());
  for (const [verb, { argument }] of COMMANDS) {
    // What is searched for is free, and share is not for the shell.
    const isFree = ["sch", "share"].includes(verb) || argument === undefined;
    assertEquals(gapIn(`${verb} `).kind === "none", isFree, verb);
  }
});

/** What an index may call things, and what a person may have typed. */
const name = fc.string({
  unit: fc.constantFrom(..."ab /-'\"&[]\x1b\n\t\u202e\u00a0🎬e\u0301"),
  minLength: 1,
  maxLength: 8,
});

Deno.test({ name: "no name breaks the line: it is one word, or none", ...PURE }, () => {
  fc.assert(
    fc.property(name, fc.nat(8), (name, length) => {
      const typed = name.slice(0, length);
      const isSafe = isPrintable(name) && !name.includes('"');
      const quote = /[\s'&[]/.test(typed) && !typed.includes('"') ? '"' : "";
      const before = `get x ${typed.startsWith("-") ? "-- " : ""}${quote}${typed}`;
      const line = tab(before, [name]);
      assert(isPrintable(line) || line === before, JSON.stringify(line));
      if (!line.endsWith(" ") || line === before) return;
      const words = splitWords(line);
      assert(!isPattern(words.at(-1)!), "it means itself");
      words.push(literalOf(words.pop()!));
      assert(isSafe && words.at(-1) === name, JSON.stringify([line, words, name]));
      const own = words[2] === "--" ? words.toSpliced(2, 1) : words;
      assertEquals(own, ["get", "x", name]);
      assert(!name.startsWith("-") || words.includes("--"));
    }),
    { numRuns: 2_000 },
  );
});
