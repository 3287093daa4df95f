import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  formatContent,
  isMeant,
  isSameContent,
  isWhole,
  parseContent,
} from "../../lib/protocol/content.ts";
import { nameFault } from "../../lib/protocol/names.ts";

const PURE = { permissions: "none" } as const;
const ID = "0123456789abcdef".repeat(4);

const contents = fc.record({
  id: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => bytes.toHex()),
  size: fc.maxSafeNat(),
});

Deno.test({ name: "a content is read as it was written, and is no file name", ...PURE }, () => {
  fc.assert(fc.property(contents, (content) => {
    const text = formatContent(content);
    const query = parseContent(text);
    assertEquals(query, content);
    assertEquals(isWhole(query), true);
    assertEquals(nameFault(text) === undefined, false);
  }));
});

Deno.test({ name: "an id may be cut, and the size be left out", ...PURE }, () => {
  assertEquals(parseContent("0123"), { id: "0123" });
  assertEquals(parseContent("0123:0"), { id: "0123", size: 0 });
  assertEquals(parseContent(ID), { id: ID });
  for (const query of [{ id: ID }, { id: "0123", size: 5 }, undefined]) {
    assertEquals(isWhole(query), false);
  }
});

Deno.test({ name: "anything else is no content", ...PURE }, () => {
  const texts = ["", "012", "012g", `${ID}0`, "ABCD", "0123:", "0123:-1", "0123:01", "0123:1.5"];
  const more = [":5", "0123:5:5", "0123 :5", "0123:9007199254740993", "a.txt", "0123:1e3"];
  for (const text of [...texts, ...more]) assertEquals(parseContent(text), undefined, text);
});

Deno.test({ name: "two sizes under one id are two contents", ...PURE }, () => {
  const [a, b] = [{ id: ID, size: 5 }, { id: ID, size: 6 }];
  assertEquals([isSameContent(a, { ...a }), isSameContent(a, b)], [true, false]);
  assertEquals([isMeant(a, { id: "0123" }), isMeant(b, { id: "0123" })], [true, true]);
  assertEquals([isMeant(a, a), isMeant(b, a), isMeant(a, { id: "1" })], [true, false, false]);
});
