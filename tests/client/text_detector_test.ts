import { assert } from "@std/assert";
import { TextDetector } from "../../lib/client/text_detector.ts";
import { bytesOf } from "../support/bytes.ts";

Deno.test({ name: "text is UTF-8 without control characters", permissions: "none" }, () => {
  for (const text of ["", "a\tb\r\nc\f", "\ufeffGrüße 🐟", "a".repeat(100_000)]) {
    assert(new TextDetector().isText(bytesOf(text)), text);
  }
  const others = ["\0", "\x1b[2J", "a\x07", "\x7f", "\u009b2J", "a\rb", "\r\r ", "a\rb\r\n"]
    .map(bytesOf);
  for (const bytes of [...others, Uint8Array.of(0xff), Uint8Array.of(0xc3, 0x28)]) {
    assert(!new TextDetector().isText(bytes), String(bytes));
  }
});

Deno.test({ name: "text may be cut anywhere", permissions: "none" }, () => {
  const detector = new TextDetector();
  for (const byte of bytesOf("Grüße 🐟")) assert(detector.isText(Uint8Array.of(byte)));
  assert(!detector.isText(bytesOf("\0")));
  const lines = new TextDetector();
  for (const byte of bytesOf("a\r\nb\r")) assert(lines.isText(Uint8Array.of(byte)));
  assert(!lines.isText(bytesOf("c")), "it would be written over b");
});
