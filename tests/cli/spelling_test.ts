import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { closestWord, didYouMean } from "../../lib/cli/spelling.ts";

const WORDS = ["user", "password-file", "dir", "limit-up", "limit-down", "protocol"];

const CASES: readonly (readonly [word: string, meant: string | undefined])[] = [
  ["usr", "user"],
  ["suer", "user"],
  ["Users", "user"],
  ["password_file", "password-file"],
  ["limit-pu", "limit-up"],
  ["limitdown", "limit-down"],
  ["protcool", "protocol"],
  ["d", undefined],
  ["port", undefined],
  ["colour", undefined],
  ["", undefined],
];

for (const [word, meant] of CASES) {
  Deno.test(
    { name: `"${word}" stands for ${meant ?? "no other word"}`, permissions: "none" },
    () => {
      assertEquals(closestWord(word, WORDS), meant);
      const asked = meant === undefined ? "" : `; did you mean "${meant}"?`;
      assertEquals(didYouMean(word, WORDS), asked);
    },
  );
}

Deno.test(
  { name: "a word with one letter too many is always understood", permissions: "none" },
  () => {
    const mistakes = fc.tuple(
      fc.constantFrom(...WORDS),
      fc.nat(20),
      fc.constantFrom("x", "-", "ß"),
    );
    fc.assert(fc.property(mistakes, ([word, at, letter]) => {
      const i = at % word.length;
      assertEquals(closestWord(word.slice(0, i) + letter + word.slice(i), WORDS), word);
    }));
  },
);

Deno.test({ name: "a long word is compared with nothing", permissions: "none" }, () => {
  assertEquals(closestWord("x".repeat(1e6), ["x".repeat(1e6)]), undefined);
});
