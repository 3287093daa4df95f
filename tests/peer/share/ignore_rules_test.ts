/**
 * What is left out of a folder: the rules of git's documentation.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { IgnoreRules, type SharePatterns } from "../../../lib/peer/share/ignore_rules.ts";

/** Those of `names` that are shared, where files of rules stand in folders by their names. */
function shared(
  names: readonly string[],
  files: Readonly<Record<string, string>>,
  patterns: SharePatterns = {},
): string[] {
  return names.filter((name) => {
    let rules = IgnoreRules.of(patterns).below("", files[""]);
    const segments = name.split("/");
    for (let depth = 1; depth < segments.length; depth++) {
      const folder = segments.slice(0, depth).join("/");
      if (rules.leaveOut(folder, true)) return false;
      rules = rules.below(`${folder}/`, files[`${folder}/`]);
    }
    return !rules.leaveOut(name, false);
  });
}

const CASES: readonly (readonly [string, string, readonly string[], readonly string[]])[] = [
  ["comments and empty lines", "# a\n\na\n\\#b\n", ["a", "b", "#b"], ["b"]],
  ["a name counts at any depth", "a.tmp\n", ["a.tmp", "x/a.tmp", "a.tmpx"], ["a.tmpx"]],
  ["a slash at the beginning anchors", "/a\n", ["a", "x/a"], ["x/a"]],
  ["so does one in the middle", "x/a\n", ["x/a", "y/x/a"], ["y/x/a"]],
  ["a slash at the end means folders", "a/\n", ["a/b", "x/a/b", "x/a"], ["x/a"]],
  ["negation", "*.log\n!keep.log\n", ["a.log", "keep.log", "x/keep.log"], [
    "keep.log",
    "x/keep.log",
  ]],
  ["nothing below a folder that is left out", "x/\n!x/a\n", ["x/a", "a"], ["a"]],
  ["** in front", "**/x/a\n", ["x/a", "y/x/a", "a"], ["a"]],
  ["** at the end", "x/**\n", ["x/a", "x/y/a", "a"], ["a"]],
  ["** in between", "x/**/a\n", ["x/a", "x/y/z/a", "x/b"], ["x/b"]],
  ["* stops at a slash, and ? is one character", "x/*.c\n?b\n", ["x/a.c", "x/y/a.c", "ab", "b"], [
    "x/y/a.c",
    "b",
  ]],
  ["spaces at the end do not count", "a  \nb\\ \n", ["a", "b"], ["b"]],
];

for (const [what, rules, names, expected] of CASES) {
  Deno.test({ name: `rules: ${what}`, permissions: "none" }, () => {
    assertEquals(shared(names, { "": rules }), [...expected]);
  });
}

Deno.test(
  { name: "a file counts from its folder on, before those around it", permissions: "none" },
  () => {
    const names = ["a.tmp", "x/a.tmp", "x/b", "x/y/b", "b"];
    const files = { "": "*.tmp\n", "x/": "!a.tmp\n/b\n" };
    assertEquals(shared(names, files), ["x/a.tmp", "x/y/b", "b"]);
  },
);

Deno.test(
  { name: "a deeper file may take in a folder that others leave out", permissions: "none" },
  () => {
    const files = { "": "tmp/\n", "x/": "!tmp/\n" };
    assertEquals(shared(["tmp/a", "x/tmp/a", "x/tmp/y/a"], files), ["x/tmp/a", "x/tmp/y/a"]);
  },
);

Deno.test({ name: "the user's patterns count before all files", permissions: "none" }, () => {
  const names = ["a.pdf", "b.txt", "x/c.pdf", "x/d.key", "y/e.txt"];
  const include = ["*.pdf", "y/"];
  assertEquals(shared(names, {}, { include }), ["a.pdf", "x/c.pdf", "y/e.txt"]);
  assertEquals(shared(names, { "": "!*\n" }, { exclude: ["x/", "*.txt"] }), ["a.pdf"]);
  assertEquals(shared(names, { "": "*.pdf\n" }, { include }), ["y/e.txt"]);
});

Deno.test({ name: "both spell names in Unicode normal form C", permissions: "none" }, () => {
  assertEquals(shared(["\u00fc.txt"], { "": "u\u0308.txt\n" }), []);
});
