import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { escapeText, isPrintable, toJsonLine } from "../../lib/protocol/escape.ts";

const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;

const texts = fc.string({
  unit: fc.oneof(
    fc.nat(0xffff).map((unit) => String.fromCharCode(unit)),
    fc.nat(0x10ffff).map((point) => String.fromCodePoint(point)),
    fc.constantFrom("\x1b", "\0", "\n", "\x7f", "\x9b", "\u202e", "\u2028", "\ud800", "\udc00"),
    fc.constantFrom("a", " ", "\\", "u", "{", "é", "🎬"),
  ),
});

const ESCAPED: readonly (readonly [text: string, escaped: string])[] = [
  ["", ""],
  ["hans", "hans"],
  ["spaces, \\ and 🎬 日本", "spaces, \\ and 🎬 日本"],
  ["\x1b[2J", "\\u{1b}[2J"],
  ["a\r\nb", "a\\u{d}\\u{a}b"],
  ["\0", "\\u{0}"],
  ["\x9b31m", "\\u{9b}31m"],
  ["gpj\u202e.exe", "gpj\\u{202e}.exe"],
  ["\u2028\u2029", "\\u{2028}\\u{2029}"],
  ["\ud800x\udfff", "\\u{d800}x\\u{dfff}"],
  ["\ue000\u{10fffd}", "\\u{e000}\\u{10fffd}"],
  ["\ufeff\u{e0041}", "\\u{feff}\\u{e0041}"],
];

for (const [text, escaped] of ESCAPED) {
  Deno.test({
    name: `escapeText() writes ${JSON.stringify(text)} as ${escaped || "nothing"}`,
    permissions: "none",
  }, () => {
    assertEquals(escapeText(text), escaped);
  });
}

Deno.test({
  name: "escapeText() leaves nothing that could move a cursor, end a line or reorder text",
  permissions: "none",
}, () => {
  fc.assert(
    fc.property(texts, (text) => {
      assertEquals(escapeText(text).match(UNSAFE), null);
    }),
    { numRuns: 1_000 },
  );
});

Deno.test({
  name: "escapeText() leaves printable text alone, and isPrintable() tells which that is",
  permissions: "none",
}, () => {
  fc.assert(
    fc.property(texts, (text) => {
      assertEquals(isPrintable(text), !UNSAFE.test(text));
      assertEquals(escapeText(text) === text, isPrintable(text));
    }),
    { numRuns: 1_000 },
  );
});

Deno.test({
  name: "isPrintable() gives the same answer when it is asked again",
  permissions: "none",
}, () => {
  for (let i = 0; i < 3; i++) {
    assertEquals(isPrintable("a\nb"), false);
    assertEquals(isPrintable("ab"), true);
  }
});

Deno.test({
  name: "toJsonLine() writes a hostile name in escapes that JSON knows",
  permissions: "none",
}, () => {
  assertEquals(
    toJsonLine({ name: "\x1b\u202e\u2028\u{e0041}\x9b\ud800é" }),
    String.raw`{"name":"\u001b\u202e\u2028\udb40\udc41\u009b\ud800é"}`,
  );
});

Deno.test({
  name: "toJsonLine() writes one harmless line that parses to the same value",
  permissions: "none",
}, () => {
  const values = fc.oneof(
    fc.jsonValue(),
    fc.dictionary(texts, fc.array(texts), { noNullPrototype: true }),
  ).map((value) => JSON.parse(JSON.stringify(value)));
  fc.assert(
    fc.property(values, (value) => {
      const line = toJsonLine(value);
      assertEquals(line.match(UNSAFE), null);
      assertEquals(JSON.parse(line), value);
    }),
    { numRuns: 500 },
  );
});
