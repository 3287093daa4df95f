import { assert } from "@std/assert";
import { GramIndex } from "../../../lib/index/catalogue/gram_index.ts";
import { Names } from "../../../lib/index/catalogue/names.ts";
import { LETTERS_A_SLICE } from "../../../lib/index/catalogue/slices.ts";

/** Names that count what is read of them. */
class CountedNames extends Names {
  read = 0;

  override at(place: number): string {
    const name = super.at(place);
    this.read += name.length;
    return name;
  }
}

Deno.test({
  name: "an index of grams reads no more letters without a rest, however long the names",
  permissions: "none",
}, () => {
  const names = new CountedNames();
  for (let i = 0; i < 500; i++) names.push(String(i).padStart(i % 2 === 0 ? 1_000 : 5, "n"));
  const lengths: number[] = [];
  for (const _ of GramIndex.of(names)) lengths.push(names.read), names.read = 0;
  assert(lengths.length > 2 * names.letters / LETTERS_A_SLICE);
  // Each name is looked at twice: for its letters, and for how many there are.
  assert(Math.max(...lengths) <= 2 * (LETTERS_A_SLICE + 1_000), `${Math.max(...lengths)} letters`);
});
