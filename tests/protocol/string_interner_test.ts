import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { BitTrickleError } from "../../lib/errors.ts";
import { readText, StringInterner } from "../../lib/protocol/string_interner.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

Deno.test({
  name: "StringInterner checks a text once, and what failed every time",
  permissions: "none",
}, () => {
  const checked: string[] = [];
  const texts = new StringInterner((text) => {
    checked.push(text);
    if (text === "bad") throw new RangeError(text);
  });
  const datagram = bytesOf("get hans a.txt");
  for (let i = 0; i < 3; i++) assertEquals(texts.read(datagram, 4, 8), "hans");
  for (let i = 0; i < 2; i++) assertThrows(() => texts.read(bytesOf("bad"), 0, 3), RangeError);
  assertEquals(checked, ["hans", "bad", "bad"]);
});

Deno.test({
  name: "StringInterner takes no ASCII for what has the same bytes as its characters have codes",
  permissions: "none",
}, () => {
  const texts = new StringInterner(() => {}, 1);
  assertEquals(texts.read(bytesOf("Ã©"), 0, 4), "Ã©");
  assertEquals(texts.read(bytesOf("é"), 0, 2), "é");
});

const text = fc.oneof(
  fc.constantFrom("", "hans", "vader", "Ã©", "é", "日本", "a\0", "__proto__"),
  fc.string({ unit: "grapheme", maxLength: 3 }),
);

/** Also what is no UTF-8. */
const field = fc.oneof(text.map(bytesOf), fc.uint8Array({ maxLength: 3 }));

Deno.test({
  name:
    "StringInterner reads whatever comes as if nothing had come before, in any order and few slots",
  permissions: "none",
}, () => {
  fc.assert(fc.property(fc.array(field, { maxLength: 40 }), (fields) => {
    const texts = new StringInterner(() => {}, 4);
    for (const bytes of fields) {
      const datagram = Uint8Array.of(0x20, ...bytes, 0x20);
      const end = 1 + bytes.length;
      assertEquals(
        outcome(() => texts.read(datagram, 1, end)),
        outcome(() => readText(bytes, 0, bytes.length)),
      );
    }
  }));
});

function outcome(read: () => string): string {
  try {
    return `text ${read()}`;
  } catch (error) {
    if (error instanceof BitTrickleError && error.code === "malformed") return error.message;
    throw error;
  }
}
