import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { BitTrickleError } from "../../lib/errors.ts";
import {
  decodeField,
  decodeOptionalField,
  encodeField,
  joinFields,
} from "../../lib/protocol/fields.ts";
import { texts } from "./arbitraries.ts";

const FIELDS: readonly (readonly [text: string, field: string])[] = [
  ["", ""],
  ["hans", "hans"],
  ["a b  c", "a+b++c"],
  ["1+1", "1%2B1"],
  ["100%", "100%25"],
  ["%41", "%2541"],
  ["-", "%2D"],
  ["--", "--"],
  ["a-b", "a-b"],
  ["a\nb", "a%0Ab"],
  ["\0\x1b\x7f\x9b", "%00%1B%7F%C2%9B"],
  ["folder/日本🎬.mp4", "folder/日本🎬.mp4"],
];

for (const [text, field] of FIELDS) {
  const name = `encodeField() writes ${JSON.stringify(text)} as "${field}"`;
  Deno.test({ name, permissions: "none" }, () => {
    assertEquals(encodeField(text), field);
    assertEquals(decodeField(field), text);
  });
}

Deno.test({
  name: "decodeField() reads back every text that encodeField() writes",
  permissions: "none",
}, () => {
  fc.assert(
    fc.property(texts, (text) => {
      assertEquals(decodeField(encodeField(text)), text);
      assertEquals(decodeOptionalField(encodeField(text)), text);
    }),
    { numRuns: 1_000 },
  );
});

Deno.test({
  name: "encodeField() writes no space and no control character",
  permissions: "none",
}, () => {
  fc.assert(
    fc.property(texts, (text) => {
      assertEquals(encodeField(text).match(/[ \p{Cc}]/u), null);
    }),
    { numRuns: 1_000 },
  );
});

for (const field of ["%", "%4", "%zz", "100%", "%FF", "%C3", "%ED%A0%80", "a%C1%A1"]) {
  Deno.test({ name: `decodeField() refuses the escape in "${field}"`, permissions: "none" }, () => {
    const error = assertThrows(() => decodeField(field), BitTrickleError, "broken escape");
    assertEquals(error.code, "malformed");
  });
}

Deno.test({
  name: "decodeOptionalField() takes a dash and the end of a line for unknown",
  permissions: "none",
}, () => {
  assertEquals(decodeOptionalField(undefined), undefined);
  assertEquals(decodeOptionalField("-"), undefined);
  assertEquals(decodeOptionalField("%2D"), "-");
  assertEquals(decodeOptionalField(""), "");
});

const LINES:
  readonly (readonly [fields: readonly (string | number | undefined)[], line: string])[] = [
    [[], ""],
    [[undefined], ""],
    [["a", undefined, undefined], "a"],
    [[undefined, "a"], "- a"],
    [["-", "a b", 5], "%2D a+b 5"],
    [[0, undefined, "x"], "0 - x"],
  ];

for (const [fields, line] of LINES) {
  const name = `joinFields() writes ${fields.map(String).join(", ") || "nothing"} as "${line}"`;
  Deno.test({ name, permissions: "none" }, () => {
    assertEquals(joinFields(fields), line);
  });
}

Deno.test({
  name: "a line that joinFields() writes splits into the same fields at its spaces",
  permissions: "none",
}, () => {
  const lines = fc.array(fc.option(texts, { nil: undefined }), { maxLength: 5 });
  fc.assert(fc.property(lines, (fields) => {
    const split = joinFields([...fields, "end"]).split(" ").map(decodeOptionalField);
    assertEquals(split, [...fields, "end"]);
  }));
});
