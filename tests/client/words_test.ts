import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { literalOf } from "../../lib/protocol/glob.ts";
import { openWord, parseLine, splitWords } from "../../lib/client/words.ts";

const PURE = { permissions: "none" } as const;

const LINES: Readonly<Record<string, readonly string[]>> = {
  "": [],
  "  \t ": [],
  "get a.txt": ["get", "a.txt"],
  "  get   a.txt  ": ["get", "a.txt"],
  'get "two words.txt"': ["get", "two words.txt"],
  "get 'two words.txt'": ["get", "two words.txt"],
  'get "it\'s.txt"': ["get", "it's.txt"],
  "get 'a \"b\" c'": ["get", 'a "b" c'],
  "get it's": ["get", "it's"],
  'get a"b c"d': ["get", 'a"b', 'c"d'],
  'get "open end': ["get", '"open', "end"],
  "get '' \"\"": ["get", "", ""],
  'get "a"b': ["get", '"a"b'],
  'get a --out="two words"': ["get", "a", "--out=two words"],
  "pub lab --exclude='*.tmp'": ["pub", "lab", "--exclude=\\*.tmp"],
  'get "a*b" a*b': ["get", "a\\*b", "a*b"],
  "pub 'lab[1].pdf'": ["pub", "lab\\[1\\].pdf"],
};

for (const [line, words] of Object.entries(LINES)) {
  Deno.test({ name: `the words of ${JSON.stringify(line)}`, ...PURE }, () => {
    assertEquals(splitWords(line), words);
  });
}

Deno.test({ name: "words in quotes come back as they were", ...PURE }, () => {
  const words = fc.array(fc.string().filter((text) => !text.includes('"')));
  fc.assert(fc.property(words, (words) => {
    assertEquals(splitWords(words.map((word) => `"${word}"`).join(" ")).map(literalOf), words);
  }));
});

Deno.test({ name: "no letter of a line without quotes is lost", ...PURE }, () => {
  fc.assert(fc.property(fc.string().filter((line) => !/["']/.test(line)), (line) => {
    assertEquals(splitWords(line), line.split(/\s+/).filter((word) => word !== ""));
  }));
});

const BACKGROUND: readonly (readonly [line: string, words: readonly string[], is: boolean])[] = [
  ["get a &", ["get", "a"], true],
  ["  get a  &  ", ["get", "a"], true],
  ["get a&", ["get", "a&"], false],
  ['get "&"', ["get", "&"], false],
  ["get 'a &'", ["get", "a &"], false],
  ["get R & B", ["get", "R", "&", "B"], false],
  ["&", [], true],
];

for (const [line, words, isBackground] of BACKGROUND) {
  Deno.test({ name: `whether ${line} is for the background`, ...PURE }, () => {
    const parsed = parseLine(line);
    assertEquals([parsed.words, parsed.isBackground], [words, isBackground]);
  });
}

const QUOTES: readonly (readonly [line: string, isMisquoted: boolean])[] = [
  ['pub "a b" c', false],
  ["get it's", false],
  ['get a"b', false],
  ['get a --out="my folder"', false],
  ['unp "old notes.txt', true],
  ["unp 'old notes.txt", true],
  ['unp "old "notes.txt', true],
  ['get a --out="my folder', true],
];

for (const [line, isMisquoted] of QUOTES) {
  Deno.test({ name: `whether the quotes of ${line} are closed`, ...PURE }, () => {
    assertEquals(parseLine(line).isMisquoted, isMisquoted);
  });
}

Deno.test(
  { name: "the word that goes on is the last one, and begins where it says", ...PURE },
  () => {
    const line = fc.string({ unit: fc.constantFrom("a", " ", '"', "'"), maxLength: 12 });
    fc.assert(fc.property(line, (line) => {
      const { words, start, typed } = openWord(line);
      assertEquals(splitWords(line.slice(0, start)), words);
      const rest = line.slice(start);
      assertEquals(rest.replace(/^["']/, "").startsWith(typed) || rest.startsWith(typed), true);
    }));
  },
);
