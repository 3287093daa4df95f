import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { KEY_BYTES, seal, TAG_BYTES } from "../../lib/protocol/aead.ts";
import { TEXT_BYTES } from "../../lib/protocol/sealed_message.ts";
import {
  boxLength,
  openText,
  paddedLength,
  sealText,
  sealTextInto,
} from "../../lib/protocol/sealed_text.ts";
import { encodeUtf8 } from "../../lib/protocol/utf8.ts";

const KEY = new Uint8Array(KEY_BYTES).map((_, i) => i);
const HEADER = encodeUtf8("BT2/login");

/** A text, no byte of which is zero. */
const textBytes = fc.uint8Array({ min: 1, minLength: 1, maxLength: TEXT_BYTES });
const keys = fc.uint8Array({ minLength: KEY_BYTES, maxLength: KEY_BYTES });
const headers = fc.uint8Array({ maxLength: 40 });

/** A box around `text` and `zeros` zero bytes, whatever that makes of it. */
function boxOf(text: Uint8Array, zeros: number): Uint8Array {
  const padded = new Uint8Array(text.length + zeros);
  padded.set(text);
  return seal(KEY, 1, HEADER, padded);
}

Deno.test(
  { name: "openText() opens every text that sealText() seals", permissions: "none" },
  () => {
    fc.assert(
      fc.property(keys, fc.maxSafeNat(), headers, textBytes, (key, number, header, text) => {
        const box = sealText(key, number, header, text);
        assertEquals(openText(key, number, header, box), text);
        assertEquals(openText(key, number === 0 ? 1 : number - 1, header, box), undefined);
      }),
    );
  },
);

Deno.test({
  name: "a text of each length from 1 to 1152 opens, from a box of a multiple of 64 and a tag",
  permissions: "none",
}, () => {
  for (let length = 1; length <= TEXT_BYTES; length++) {
    const text = new Uint8Array(length).fill(0x78);
    const box = sealText(KEY, length, HEADER, text);
    assertEquals(box.length, boxLength(length));
    assertEquals((box.length - TAG_BYTES) % 64, 0);
    assert(box.length - TAG_BYTES - length < 64);
    assertEquals(openText(KEY, length, HEADER, box), text);
  }
});

Deno.test({ name: "texts of 1 to 64 bytes look alike", permissions: "none" }, () => {
  assertEquals([1, 9, 63, 64, 65, 128, 1_152].map(paddedLength), [64, 64, 64, 64, 128, 128, 1_152]);
});

Deno.test({
  name: "sealTextInto() seals the beginning of a buffer as sealText() does, whatever follows it",
  permissions: "none",
}, () => {
  fc.assert(fc.property(textBytes, fc.nat(255), (text, rest) => {
    const buffer = new Uint8Array(1_200).fill(rest);
    buffer.set(text);
    const box = new Uint8Array(boxLength(text.length));
    sealTextInto(box, KEY, 1, HEADER, buffer, text.length);
    assertEquals(box, sealText(KEY, 1, HEADER, text));
  }));
});

Deno.test({
  name: "openText() takes one padding of a text, and no other number of zeros",
  permissions: "none",
}, () => {
  for (const length of [1, 9, 63, 64, 65, 127, 128, 1_088]) {
    const text = new Uint8Array(length).fill(0x78);
    const right = paddedLength(length) - length;
    for (let zeros = 0; zeros <= 200; zeros++) {
      const opened = openText(KEY, 1, HEADER, boxOf(text, zeros));
      assertEquals(opened, zeros === right ? text : undefined, `${length} and ${zeros}`);
    }
  }
});

Deno.test({ name: "openText() opens no box without a text", permissions: "none" }, () => {
  for (let zeros = 0; zeros <= TEXT_BYTES; zeros++) {
    assertEquals(openText(KEY, 1, HEADER, boxOf(new Uint8Array(), zeros)), undefined);
  }
  assertEquals(openText(KEY, 1, HEADER, new Uint8Array()), undefined);
  assertEquals(openText(KEY, 1, HEADER, new Uint8Array(15)), undefined);
});

Deno.test({
  name: "a box that differs in one bit, or was cut, never opens",
  permissions: "none",
}, () => {
  for (const text of ["x", "heartbeat", "x".repeat(63), "x".repeat(64), "sch\tdröid case:any"]) {
    const box = sealText(KEY, 1, HEADER, encodeUtf8(text));
    for (let bit = 0; bit < box.length * 8; bit++) {
      const flipped = box.with(bit >> 3, box[bit >> 3]! ^ (1 << (bit & 7)));
      assertEquals(openText(KEY, 1, HEADER, flipped), undefined);
    }
    for (let length = 0; length < box.length; length++) {
      assertEquals(openText(KEY, 1, HEADER, box.subarray(0, length)), undefined);
    }
  }
});
