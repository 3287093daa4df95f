import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Buffer } from "node:buffer";
import { fromBase64Url, isBase64Url, toBase64Url } from "../../lib/protocol/base64url.ts";

const PURE = { permissions: "none" } as const;

Deno.test({ name: "base64url is written as Node writes it, and read back", ...PURE }, () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 70 }), (bytes) => {
    const text = toBase64Url(bytes);
    assertEquals(text, Buffer.from(bytes).toString("base64url"));
    assertEquals(fromBase64Url(text), new Uint8Array(bytes));
    assert(isBase64Url(text) && isBase64Url(text, bytes.length));
    assert(!isBase64Url(text, bytes.length + 1));
  }));
});

Deno.test({ name: "whatever is read as base64url is written the same", ...PURE }, () => {
  fc.assert(fc.property(fc.oneof(fc.base64String(), fc.string()), (text) => {
    const bytes = fromBase64Url(text);
    if (bytes) assertEquals(toBase64Url(bytes), text);
  }));
});

for (const text of ["", "A", "AAAAA", "AA==", "AB", "AAB", "AA A", "AA\n", "A+", "A/", "é"]) {
  Deno.test({ name: `${JSON.stringify(text)} is no base64url`, ...PURE }, () => {
    assertEquals(fromBase64Url(text), undefined);
  });
}
