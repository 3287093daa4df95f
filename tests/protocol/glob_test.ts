import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Glob, isPattern, literalOf } from "../../lib/protocol/glob.ts";

const PURE = { permissions: "none" } as const;

const CASES: readonly (readonly [pattern: string, matches: string[], others: string[]])[] = [
  ["*.pdf", ["a.pdf", ".pdf", "a b.pdf"], ["a.pdf.zip", "lab/a.pdf", "a.PDF"]],
  ["lab/*", ["lab/a"], ["lab", "lab/", "lab/a/b", "lab2/a"].filter((it) => it !== "lab/")],
  ["lab/**", ["lab/a", "lab/a/b/c"], ["lab", "lab2/a", "xlab/a"]],
  ["**/x", ["x", "a/x", "a/b/x"], ["ax", "x/a"]],
  ["a/**/b", ["a/b", "a/x/b", "a/x/y/b"], ["a/xb", "ab", "b"]],
  ["**", ["a", "a/b"], []],
  ["lab?.txt", ["lab1.txt", "lab🎬.txt", "labé.txt"], ["lab.txt", "lab12.txt", "lab/.txt"]],
  ["[a-c]x", ["ax", "cx"], ["dx", "x", "[a-c]x"]],
  ["[!a-c]x", ["dx", "🎬x"], ["ax", "x"]],
  ["[]]x", ["]x"], ["x"]],
  ["[]!]x", ["]x", "!x"], ["[]!]x"]],
  ["[\\]]", ["\\]"], ["]"]],
  ["[a/b]", ["[a/b]"], ["a", "b"]],
  ["a\\b", ["a\\b"], ["ab"]],
  ["a[", ["a["], ["a"]],
  ["\\[a\\]", ["[a]"], ["a"]],
  ["a*b*c", ["abc", "aXbYc", "abbcc"], ["acb", "ab"]],
];

for (const [pattern, matches, others] of CASES) {
  Deno.test({ name: `the pattern ${pattern} stands for what it does in a shell`, ...PURE }, () => {
    const glob = new Glob(pattern);
    for (const name of matches) assert(glob.matches(name), name);
    for (const name of others) assert(!glob.matches(name), name);
  });
}

Deno.test({ name: "a text is a pattern if a part of it stands for others", ...PURE }, () => {
  for (const text of ["*", "a?", "[ab]", "lab/**", "[]a]", "[\\]]"]) assert(isPattern(text), text);
  for (const text of ["a", "a[", "[]", "a]", "\\*", "\\[a]", "[!]", "[a/b]", ""]) {
    assert(!isPattern(text), text);
  }
  assertEquals(literalOf("\\[a\\] \\* b"), "[a] * b");
});

Deno.test({ name: "a pattern reaches below the folders that it may go through", ...PURE }, () => {
  const reaches = (pattern: string, folder: string) => new Glob(pattern).reachesBelow(folder);
  assert(reaches("lab/*.pdf", "lab") && reaches("**/x", "a/b") && reaches("*/x", "a"));
  assert(!reaches("lab/*.pdf", "lab/a") && !reaches("*.pdf", "a.pdf") && !reaches("a/b", "b"));
});

Deno.test({ name: "letters match in any case if that is wanted", ...PURE }, () => {
  assert(new Glob("*.PDF", true).matches("a.pdf") && new Glob("é*", true).matches("Éa"));
});

Deno.test({ name: "a class is no literal, whatever its first member is", ...PURE }, () => {
  assertEquals(new Glob("a[]!]b/[x/y]\\*").literals, ["a", "b", "[x", "y]*"]);
});

const texts = fc.string({ unit: fc.constantFrom(..."ab/[]?*-!\\🎬"), maxLength: 12 });
const names = fc.string({ unit: fc.constantFrom(..."ab/[]-!🎬"), maxLength: 12 });

/** The same by the runtime's expressions, for patterns of `*`, `?` and what stands for itself. */
function naive(pattern: string): RegExp {
  const source = pattern.replace(/[[\]\-!\\]/g, "\\$&").replace(/\*+/g, "[^/]*").replace(
    /\?/g,
    "[^/]",
  );
  return new RegExp(`^${source}$`, "u");
}

Deno.test({ name: "stars match as expressions do", ...PURE }, () => {
  const simple = fc.string({ unit: fc.constantFrom(..."ab/?*🎬"), maxLength: 10 })
    .filter((text) => !text.includes("**"));
  fc.assert(
    fc.property(simple, names, (pattern, name) => {
      assertEquals(new Glob(pattern).matches(name), naive(pattern).test(name));
    }),
    { numRuns: 2_000 },
  );
});

Deno.test(
  { name: "what stands for itself matches itself alone, and its literals", ...PURE },
  () => {
    fc.assert(fc.property(names, names, (text, other) => {
      const escaped = text.replace(/[*?[\]\\]/g, "\\$&");
      assert(!isPattern(escaped));
      assertEquals(literalOf(escaped), text);
      assertEquals(new Glob(escaped).matches(other), text === other);
    }));
  },
);

Deno.test({ name: "every name that matches holds all literals", ...PURE }, () => {
  fc.assert(
    fc.property(texts, names, (pattern, name) => {
      const glob = new Glob(pattern);
      if (!glob.matches(name)) return;
      for (const literal of glob.literals) {
        assert(name.includes(literal), `${literal} of ${pattern} in ${name}`);
      }
    }),
    { numRuns: 5_000 },
  );
});

Deno.test({ name: "no pattern takes long, whatever a name is", ...PURE }, () => {
  const began = performance.now();
  assert(!new Glob("*a".repeat(100) + "b").matches("a".repeat(1_000)));
  assert(!new Glob("**/a/".repeat(50) + "b").matches("a/".repeat(500)));
  assert(performance.now() - began < 1_000);
});
