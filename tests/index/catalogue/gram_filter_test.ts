import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { foldCase } from "../../../lib/index/catalogue/fold.ts";
import { GramFilter, WantedGrams } from "../../../lib/index/catalogue/gram_filter.ts";
import { Terms } from "../../../lib/index/catalogue/terms.ts";
import { parseSearch } from "../../../lib/protocol/search_query.ts";

const PURE = { permissions: "none" } as const;

function mayMatch(name: string, text: string): boolean {
  const terms = new Terms(parseSearch(text), undefined);
  return new WantedGrams(terms).mayBeIn(new GramFilter(foldCase(name)));
}

Deno.test({ name: "no name that holds what is wanted is passed over", ...PURE }, () => {
  const unit = fc.constantFrom("a", "B", "c", "Σ", "ς", "É", "🎬", ".", "/", "7");
  const names = fc.string({ unit, minLength: 3, maxLength: 400 });
  fc.assert(
    fc.property(names, fc.nat(400), fc.integer({ min: 1, max: 30 }), (name, from, length) => {
      const word = name.slice(from % name.length).slice(0, length);
      assert(mayMatch(name, word), "letter for letter");
      assert(mayMatch(name, `${word.toUpperCase()} case:any`), "in any case");
      assert(mayMatch(`${name}.Pdf`, "ext:epub,pdf"), "by its end");
    }),
  );
});

Deno.test({ name: "long names without the wanted letters are passed over", ...PURE }, () => {
  const names = Array.from({ length: 500 }, (_, i) => `${"xyz 0".repeat(190)}${i * 7_919}`);
  for (const text of ["flat", "flat case:any", "ext:txt"]) {
    assertEquals(names.filter((name) => mayMatch(name, text)), [], text);
  }
});
