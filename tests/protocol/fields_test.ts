import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { BitTrickleError } from "../../lib/errors.ts";
import { isField, joinFields, readLines } from "../../lib/protocol/fields.ts";
import { fieldTexts, texts } from "./arbitraries.ts";
import { bytesOf } from "../support/bytes.ts";

const LINES:
  readonly (readonly [fields: readonly (string | number | undefined)[], line: string])[] = [
    [[], ""],
    [[undefined], ""],
    [["a", undefined, ""], "a"],
    [[undefined, "a"], "\ta"],
    [["", "", "-", "a b", 5], "\t\t-\ta b\t5"],
    [[0, undefined, "x"], "0\t\tx"],
    [["1+1", "100%", "%41", "folder/日本🎬.mp4"], "1+1\t100%\t%41\tfolder/日本🎬.mp4"],
  ];

for (const [fields, line] of LINES) {
  const name = `joinFields() writes ${fields.map(String).join(", ") || "nothing"} as ${
    JSON.stringify(line)
  }`;
  Deno.test({ name, permissions: "none" }, () => {
    assertEquals(joinFields(fields), line);
  });
}

Deno.test({
  name: "readLines() reads back every field of every line that joinFields() writes",
  permissions: "none",
}, () => {
  const lines = fc.array(fc.array(fieldTexts, { maxLength: 5 }), { minLength: 1, maxLength: 5 });
  fc.assert(fc.property(lines, (lines) => {
    const text = lines.map((fields) => joinFields([...fields, "end"])).join("\n");
    assertEquals(readLines(bytesOf(text)), lines.map((fields) => [...fields, "end"]));
  }));
});

Deno.test(
  { name: "readLines() refuses control characters but TAB and LF", permissions: "none" },
  () => {
    for (let point = 0; point < 0x200; point++) {
      const character = String.fromCodePoint(point);
      const read = () => readLines(bytesOf(`a${character}b`));
      if (isField(character)) assertEquals(read(), [[`a${character}b`]]);
      else if (character === "\t") assertEquals(read(), [["a", "b"]]);
      else if (character === "\n") assertEquals(read(), [["a"], ["b"]]);
      else assertThrows(read, BitTrickleError, "a field holds a control character");
    }
  },
);

Deno.test(
  { name: "isField() is true of what readLines() reads as one", permissions: "none" },
  () => {
    fc.assert(fc.property(texts, (text) => {
      assertEquals(isField(text), !/\p{Cc}/u.test(text));
    }));
  },
);
