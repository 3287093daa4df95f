import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { cutToWidth, displayWidth } from "../../lib/cli/display_width.ts";

const PURE = { permissions: "none" } as const;

const WIDTHS: readonly (readonly [text: string, columns: number])[] = [
  ["", 0],
  ["plain", 5],
  ["naïve", 5],
  ["nai\u0308ve", 5],
  ["映画", 4],
  ["한국어", 6],
  ["ﾊﾝｶｸ", 4],
  ["ＡＢＣ", 6],
  ["Привет", 6],
  ["🎬", 2],
  ["❤️", 2],
  ["👍🏽", 4],
];

for (const [text, columns] of WIDTHS) {
  Deno.test({ name: `"${text}" takes ${columns} columns`, ...PURE }, () => {
    assertEquals(displayWidth(text), columns);
  });
}

Deno.test({ name: "cutToWidth() keeps what fits, and never more", ...PURE }, () => {
  const texts = fc.string({ unit: "binary" });
  fc.assert(fc.property(texts, fc.nat(30), (text, columns) => {
    const kept = cutToWidth(text, columns);
    assert(displayWidth(kept) <= columns);
    if (displayWidth(text) <= columns) assertEquals(kept, text);
    else assert(text.startsWith(kept.replace(/…$/, "")));
  }));
});
