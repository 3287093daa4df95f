import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { BitTrickleError } from "../../lib/errors.ts";
import {
  parseSearch,
  searchFor,
  type SearchQuery,
  withSmartCase,
} from "../../lib/protocol/search_query.ts";
import { throwsOnlyMalformed } from "./sealed_arbitraries.ts";

const PARSED: readonly (readonly [text: string, query: Partial<SearchQuery>])[] = [
  ["droid", { words: ["droid"] }],
  ["  old  droid ", { words: ["old", "droid"] }],
  ["user:hans", { words: [], user: "hans" }],
  ["a user:x:y b", { words: ["a", "b"], user: "x:y" }],
  ["ext:pdf", { words: [], extensions: ["pdf"] }],
  ["ext:.pdf,tar.gz", { words: [], extensions: ["pdf", "tar.gz"] }],
  ["larger:0", { words: [], larger: 0 }],
  ["larger:500B", { words: [], larger: 500 }],
  ["larger:10kB", { words: [], larger: 10_000 }],
  ["larger:10MB smaller:1.5GB", { words: [], larger: 10_000_000, smaller: 1_500_000_000 }],
  ["smaller:2tb", { words: [], smaller: 2_000_000_000_000 }],
  ["Droid case:any", { words: ["Droid"], isAnyCase: true }],
  ["Droid case:exact", { words: ["Droid"], isAnyCase: false }],
  ["e ".repeat(560), { words: ["e"] }],
  ["a b c d e f g h", { words: [..."abcdefgh"] }],
  ["ext:a,b,c,d,e,f,g,h,a", { extensions: [..."abcdefgh"] }],
];

for (const [text, query] of PARSED) {
  Deno.test(
    { name: `parseSearch() understands "${text.slice(0, 60)}"`, permissions: "none" },
    () => {
      assertEquals(parseSearch(text), { ...searchFor([]), ...query });
    },
  );
}

const REFUSED: readonly (readonly [text: string, reason: string])[] = [
  ["", "it is empty"],
  ["   ", "it is empty"],
  ["colour:red", "there is no filter colour:"],
  [":", "there is no filter :"],
  ["constructor:x", "there is no filter constructor:"],
  ["user:", "user: it is empty"],
  ["user:a user:b", "user: is there twice"],
  ["ext:", "ext: one is empty"],
  ["ext:pdf,", "ext: one is empty"],
  ["ext:.", "ext: one is empty"],
  ["larger:", "larger: expected a size"],
  ["larger:-1", "larger: expected a size"],
  ["larger:1e3", "larger: expected a size"],
  ["larger:10MiB", "larger: expected a size"],
  ["smaller:1,5GB", "smaller: expected a size"],
  ["case:all", "case: expected any or exact"],
  ["a b c d e f g h i", "it has 9 different words, and 8 at most may be there"],
  ["ext:a,b,c,d,e,f,g,h,i", "it has 9 different extensions, and 8 at most may be there"],
];

for (const [text, reason] of REFUSED) {
  Deno.test({ name: `parseSearch() refuses "${text}" with a reason`, permissions: "none" }, () => {
    const error = assertThrows(() => parseSearch(text), BitTrickleError, reason);
    assertEquals(error.code, "malformed");
  });
}

const words = fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 })
  .filter((word) => !/[ :]/.test(word));
const sizes = fc.constantFrom("", "B", "kB", "MB", "GB", "TB")
  .chain((unit) => fc.nat(999).map((number) => `${number}${unit}`));

Deno.test({
  name: "parseSearch() reads words and filters in any order",
  permissions: "none",
}, () => {
  const filters = fc.subarray(["user:hans", "ext:a,b", "larger:1kB", "smaller:2kB", "case:any"]);
  fc.assert(
    fc.property(fc.array(words, { maxLength: 8 }), filters, fc.nat(), (words, filters, at) => {
      fc.pre(words.length + filters.length > 0);
      const split = at % (words.length + 1);
      const parts = [...words.slice(0, split), ...filters, ...words.slice(split)];
      const query = parseSearch(parts.join(" "));
      assertEquals(query.words, [...new Set(words)]);
      assertEquals(query.user, filters.includes("user:hans") ? "hans" : undefined);
      assertEquals(query.extensions, filters.includes("ext:a,b") ? ["a", "b"] : []);
      assertEquals(query.larger, filters.includes("larger:1kB") ? 1_000 : undefined);
      assertEquals(query.smaller, filters.includes("smaller:2kB") ? 2_000 : undefined);
      assertEquals(query.isAnyCase, filters.includes("case:any"));
    }),
  );
});

Deno.test({
  name: "parseSearch() throws nothing but malformed, and reads every size",
  permissions: "none",
}, () => {
  fc.assert(
    fc.property(fc.string(), (text) => assert(throwsOnlyMalformed(() => parseSearch(text)))),
  );
  fc.assert(fc.property(sizes, (size) => {
    assert(Number.isSafeInteger(parseSearch(`larger:${size}`).larger));
  }));
});

Deno.test({
  name: "withSmartCase() searches in any case unless a capital or the person says otherwise",
  permissions: "none",
}, () => {
  assertEquals(withSmartCase("old droid"), "old droid case:any");
  assertEquals(withSmartCase("old Droid"), "old Droid");
  assertEquals(withSmartCase("Über"), "Über");
  assertEquals(withSmartCase("droid case:exact"), "droid case:exact");
  assertEquals(withSmartCase("droid user:Hans"), "droid user:Hans case:any");
});
