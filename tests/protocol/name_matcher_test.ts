import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { isPattern, literalOf } from "../../lib/protocol/glob.ts";
import { parseMatcher, patternMatcher } from "../../lib/protocol/name_matcher.ts";
import { parseSearch } from "../../lib/protocol/search_query.ts";

const PURE = { permissions: "none" } as const;

Deno.test({ name: "a pattern is searched for by what it holds", ...PURE }, () => {
  assertEquals(patternMatcher("lab*.pdf").text, ".pdf lab case:exact");
  assertEquals(patternMatcher("lab 3/**").text, "lab 3 case:exact");
  assertEquals(patternMatcher("*").text, "case:exact");
});

Deno.test({ name: "a search may hold patterns, words and filters", ...PURE }, () => {
  const { text, isRight } = parseMatcher("lab*.pdf user:hans exam");
  assertEquals(text, "exam .pdf lab user:hans case:any");
  assert(isRight("lab3.pdf") && isRight("x/Lab3.PDF"), "without a slash, the last part of a name");
  assert(!isRight("mylab3.pdf") && !isRight("lab3.pdf/x"));
  assert(
    parseMatcher("x/*.pdf").isRight("x/a.pdf") && !parseMatcher("x/*.pdf").isRight("y/x/a.pdf"),
  );
});

Deno.test({ name: "letters match in any case as in a search", ...PURE }, () => {
  assert(!parseMatcher("Lab*").isRight("lab"), "a capital means just that");
  assert(parseMatcher("Lab* case:any").isRight("lab"));
  assert(!parseMatcher("lab* case:exact").isRight("Lab"));
  assertEquals(parseMatcher("lab* case:exact").text, "lab case:exact");
});

const characters = fc.constantFrom(..."abA /.[]*?!-🎬");
const texts = fc.string({ unit: characters, minLength: 1, maxLength: 14 });
const names = fc.string({ unit: fc.constantFrom(..."abA /.🎬"), minLength: 1, maxLength: 14 });

/** Whether an index finds `name` by `text`. */
function isFound(text: string, name: string): boolean {
  const { words, isAnyCase } = parseSearch(text);
  const fold = (text: string) => isAnyCase ? text.toLowerCase() : text;
  return words.every((word) => fold(name).includes(fold(word)));
}

Deno.test({ name: "the index finds all that a pattern stands for", ...PURE }, () => {
  fc.assert(
    fc.property(texts, names, (pattern, name) => {
      const { text, isRight } = patternMatcher(pattern);
      if (isRight(name)) assert(isFound(text, name), `${name} by ${text}`);
    }),
    { numRuns: 3_000 },
  );
  fc.assert(
    fc.property(texts.filter((text) => text.includes("*")), names, (search, name) => {
      const { text, isRight } = parseMatcher(search);
      const plain = search.split(" ").filter((word) => word !== "" && !isPattern(word));
      const isWanted = isRight(name) &&
        isFound([...plain.map(literalOf), "case:any"].join(" "), name);
      const isExact = plain.map(literalOf).every((word) => name.includes(word));
      if (isWanted && isExact) assert(isFound(text, name), `${name} by ${text}`);
    }),
    { numRuns: 3_000 },
  );
});
