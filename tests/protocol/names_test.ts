import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { credentialFault, nameFault, plainNameFault } from "../../lib/protocol/names.ts";
import { utf8Length } from "../../lib/protocol/utf8.ts";
import { texts } from "./arbitraries.ts";

const LEGAL = [
  "a",
  "droids.mp4",
  "a/b",
  "deep/er/and/deep.er",
  "with spaces inside.txt",
  "dots..inside...twice.tar.gz",
  "trailing-dash-",
  "héllo wörld.txt",
  "日本語.txt",
  "🎬.mp4",
  "שלום.txt",
  "CONSOLE.txt",
  "con1",
  "COM",
  "com10.txt",
  "a.con",
  "folder/null",
  "__proto__",
  "constructor",
  "-rf",
  "~",
  "$HOME `id` 'x' & ;",
  "x".repeat(255),
  "é".repeat(127) + "x",
  `${"x".repeat(255)}/${"y".repeat(255)}/${"z".repeat(255)}/${"w".repeat(232)}`,
];

for (const name of LEGAL) {
  Deno.test({
    name: `nameFault() finds none in ${JSON.stringify(brief(name))}`,
    permissions: "none",
  }, () => {
    assertEquals(nameFault(name), undefined);
  });
}

const ILLEGAL: readonly (readonly [name: string, fault: string])[] = [
  ["", "empty"],
  [".", "begins with a dot"],
  ["..", "begins with a dot"],
  ["../a", "begins with a dot"],
  ["a/../b", "begins with a dot"],
  ["a/..", "begins with a dot"],
  [".bashrc", "begins with a dot"],
  ["a/.ssh/b", "begins with a dot"],
  [" a", "begins with a dot or a space"],
  ["a/ b", "begins with a dot or a space"],
  ["a.", "ends with a dot"],
  ["a ", "ends with a dot or a space"],
  ["a./b", "ends with a dot"],
  ["a /b", "ends with a dot or a space"],
  ["/etc/passwd", "a part of it is empty"],
  ["a/", "a part of it is empty"],
  ["a//b", "a part of it is empty"],
  ["/", "a part of it is empty"],
  ["..\\a", "begins with a dot"],
  ["C:", "holds one of"],
  ["C:\\a", "holds one of"],
  ...[...'\\:*?"<>|'].flatMap((character) => [
    [`a${character}b`, "holds one of"] as const,
    [`ok/${character}`, "holds one of"] as const,
  ]),
  ["a\0b", "unprintable"],
  ["a\nb", "unprintable"],
  ["a\tb", "unprintable"],
  ["a\x1b[2Jb", "unprintable"],
  ["a\x7fb", "unprintable"],
  ["a\x85b", "unprintable"],
  ["a\u00adb", "unprintable"],
  ["a\u200bb", "unprintable"],
  ["gpj\u202e.exe", "unprintable"],
  ["a\u2066b", "unprintable"],
  ["a\u2028b", "unprintable"],
  ["a\u2029b", "unprintable"],
  ["a\ufeffb", "unprintable"],
  ["a\u{e0041}b", "unprintable"],
  ["a\ud800b", "unprintable"],
  ["a\udc00b", "unprintable"],
  ["a\ue000b", "unprintable"],
  ["a\u{10fffd}b", "unprintable"],
  ["e\u0301.txt", "normal form"],
  ["\u212b.txt", "normal form"],
  ["CON", "Windows device"],
  ["con.txt", "Windows device"],
  ["PrN", "Windows device"],
  ["aux.tar.gz", "Windows device"],
  ["nul", "Windows device"],
  ["nul .txt", "Windows device"],
  ["COM0", "Windows device"],
  ["com9.log", "Windows device"],
  ["COM¹", "Windows device"],
  ["lpt².txt", "Windows device"],
  ["LPT³", "Windows device"],
  ["LPT9.tar.gz", "Windows device"],
  ["conin$", "Windows device"],
  ["CONOUT$", "Windows device"],
  ["a/aux/b", "Windows device"],
  ["x".repeat(256), "longer than 255 bytes"],
  ["é".repeat(128), "longer than 255 bytes"],
  [`a/${"🎬".repeat(64)}`, "longer than 255 bytes"],
  [`${"x".repeat(250)}/`.repeat(3) + "y".repeat(248), "longer than 1000 bytes"],
];

for (const [name, fault] of ILLEGAL) {
  Deno.test({
    name: `nameFault() finds "${fault}" in ${JSON.stringify(brief(name))}`,
    permissions: "none",
  }, () => {
    assertStringIncludes(nameFault(name) ?? "no fault", fault);
  });
}

function brief(name: string): string {
  return name.length <= 30 ? name : `${name.slice(0, 10)}… (${name.length})`;
}

Deno.test({ name: "nameFault() allows 1000 bytes and no more", permissions: "none" }, () => {
  const long = `${"x".repeat(249)}/`.repeat(3) + "y".repeat(250);
  assertEquals(utf8Length(long), 1_000);
  assertEquals(nameFault(long), undefined);
  assertEquals(nameFault(`${long}y`), "it is longer than 1000 bytes");
});

Deno.test({
  name: "plainNameFault() finds one wherever nameFault() does",
  permissions: "none",
}, () => {
  for (const [name] of ILLEGAL) assert(plainNameFault(name) !== undefined, name);
});

Deno.test({ name: "plainNameFault() refuses spaces and folders", permissions: "none" }, () => {
  assertEquals(plainNameFault("droids.mp4"), undefined);
  assertEquals(plainNameFault("a b"), "the plain protocol cannot carry a space");
  assertEquals(plainNameFault("a/b"), "the plain protocol cannot carry a folder");
});

const CREDENTIALS: readonly (readonly [text: string, fault: string | undefined])[] = [
  ["hans", undefined],
  ["carbonite*7", undefined],
  ["size+matters+not", undefined],
  ["日本語", undefined],
  ["x".repeat(64), undefined],
  ["🎬".repeat(64), undefined],
  ["", "it is empty"],
  ["x".repeat(65), "it is longer than 64 characters"],
  ["🎬".repeat(65), "it is longer than 64 characters"],
  ["ha ns", "it holds a space or unprintable character"],
  ["ha\u00a0ns", "it holds a space or unprintable character"],
  ["ha\u3000ns", "it holds a space or unprintable character"],
  ["ha\nns", "it holds a space or unprintable character"],
  ["ha\u202ens", "it holds a space or unprintable character"],
  ["ha\ud800ns", "it holds a space or unprintable character"],
];

for (const [text, fault] of CREDENTIALS) {
  Deno.test({
    name: `credentialFault() finds ${fault ?? "none"} in ${JSON.stringify(brief(text))}`,
    permissions: "none",
  }, () => {
    assertEquals(credentialFault(text), fault);
  });
}

Deno.test({
  name: "utf8Length() is the length of the UTF-8 of any well-formed text",
  permissions: "none",
}, () => {
  const encoder = new TextEncoder();
  fc.assert(
    fc.property(texts, (text) => {
      assertEquals(utf8Length(text), encoder.encode(text).length);
    }),
    { numRuns: 1_000 },
  );
});

Deno.test({
  name: "nameFault() lets no segment through that a file system would read as something else",
  permissions: "none",
}, () => {
  const pieces = fc.constantFrom("a", ".", "..", "/", " ", "\\", ":", "con", "nul", "\0", "é", "1");
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
      const name = parts.join("");
      if (nameFault(name) !== undefined) return;
      for (const segment of name.split("/")) {
        assertEquals(segment.match(/^$|^[. ]|[. ]$|[\\:\0]|^(?:con|nul)(?:\.|$)/), null, name);
      }
    }),
    { numRuns: 1_000 },
  );
});
