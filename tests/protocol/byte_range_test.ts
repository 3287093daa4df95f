import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseByteRange, spanOf } from "../../lib/protocol/byte_range.ts";

/** What a range means of ten bytes; nothing where it is no range, or none of them is in it. */
const RANGES: Readonly<Record<string, string | undefined>> = {
  "0-0": "0",
  "0-499": "0123456789",
  "3-5": "345",
  "7-": "789",
  "9-9": "9",
  "-3": "789",
  "-500": "0123456789",
  "10-": undefined,
  "10-20": undefined,
  "-0": undefined,
  "5-4": undefined,
  "-": undefined,
  "": undefined,
  "5": undefined,
  "a-b": undefined,
  "1-2-3": undefined,
  " 1-2": undefined,
  "0-9999999999999999": undefined,
};

for (const [text, expected] of Object.entries(RANGES)) {
  const title = `of ten bytes the range "${text}" is ${expected ?? "nothing"}`;
  Deno.test({ name: title, permissions: "none" }, () => {
    const range = parseByteRange(text);
    const span = range && spanOf(range, 10);
    assertEquals(span && "0123456789".slice(span.start, span.end), expected);
  });
}

Deno.test({ name: "a span is in the file and not empty", permissions: "none" }, () => {
  const number = fc.oneof(fc.nat(100), fc.constant(""));
  fc.assert(fc.property(number, number, fc.nat(60), (first, last, size) => {
    const range = parseByteRange(`${first}-${last}`);
    const span = range && spanOf(range, size);
    if (span) assert(0 <= span.start && span.start < span.end && span.end <= size);
  }));
});
