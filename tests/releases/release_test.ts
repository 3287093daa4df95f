import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { BitTrickleError } from "../../lib/errors.ts";
import { isNewer, parseRelease } from "../../lib/releases/release.ts";

const PAGE = "https://example.org/releases";
const PURE = { permissions: "none" } as const;

Deno.test("versions are ordered as Semantic Versioning says", PURE, () => {
  const ordered = ["0.9.9", "1.0.0-rc.1", "1.0.0-rc.2", "1.0.0-rc.10", "1.0.0", "1.0.1", "1.10.0"];
  ordered.forEach((one, i) => {
    ordered.forEach((other, j) => assertEquals(isNewer(one, other), i > j, `${one}, ${other}`));
  });
});

Deno.test("a release is read, whatever else is said of it", PURE, () => {
  const text = '{"version":"1.0.1","date":"2026-12-24","commit":"abc","later":[1]}';
  assertEquals(parseRelease(text, PAGE), { version: "1.0.1", date: "2026-12-24" });
});

Deno.test("what is no release is malformed", PURE, () => {
  const texts = [
    ...["", "null", "[]", "{", "<html>", '{"version":1}', '{"version":"1.0.1"}'],
    ...["latest", "1.0", "1.0.1\\u001b[2J", " 1.0.1", `1.0.0-${"x".repeat(100)}`].map((version) => {
      return `{"version":"${version}","date":"2026-12-24"}`;
    }),
    '{"version":"1.0.1","date":"tomorrow\\u202e"}',
  ];
  for (const text of texts) {
    const error = assertThrows(() => parseRelease(text, PAGE), BitTrickleError);
    assertEquals(error.code, "malformed", text);
  }
});

Deno.test("no text whatever makes anything else of it", PURE, () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
    try {
      parseRelease(text, PAGE);
    } catch (error) {
      assertEquals((error as BitTrickleError).code, "malformed");
    }
  }));
});
