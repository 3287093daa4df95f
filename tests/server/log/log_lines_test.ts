import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { LogLines } from "../../../lib/server/log/log_lines.ts";
import { escapeText } from "../../../lib/protocol/escape.ts";

const written = (part: string | Uint8Array) => {
  return typeof part === "string" ? part : new TextDecoder().decode(part);
};
const textOf = (lines: LogLines) => written(lines.bytes);

Deno.test({
  name: "LogLines holds whole lines of any texts, escaped, in their order",
  permissions: "none",
}, () => {
  const line = fc.array(fc.string({ unit: "grapheme" }));
  fc.assert(fc.property(fc.array(line), (all) => {
    const lines = new LogLines(1_000_000);
    for (const texts of all) {
      for (const text of texts) lines.put(text);
      lines.endLine();
    }
    const expected = all.map((texts) => `${texts.map(escapeText).join("")}\n`).join("");
    assertEquals(textOf(lines), expected);
  }));
});

Deno.test({
  name: "LogLines leaves out whole lines that exceed the buffer, and nothing else",
  permissions: "none",
}, () => {
  const part = fc.oneof(fc.string({ maxLength: 12 }), fc.uint8Array({ min: 0x20, max: 0x7e }));
  const line = fc.array(part, { maxLength: 5 });
  fc.assert(fc.property(fc.array(line), fc.nat(60), (all, size) => {
    const lines = new LogLines(size);
    let expected = "";
    for (const parts of all) {
      for (const part of parts) {
        if (typeof part === "string") lines.put(part);
        else lines.putBytes(part);
      }
      lines.endLine();
      const text = `${parts.map(written).join("")}\n`;
      if (expected.length + text.length <= size) expected += text;
    }
    assertEquals(textOf(lines), expected);
  }));
});

Deno.test({ name: "LogLines holds only what came after clear()", permissions: "none" }, () => {
  const lines = new LogLines(100);
  lines.put("one").endLine();
  lines.put("half").clear();
  lines.put("two").endLine();
  assertEquals(textOf(lines), "two\n");
});
