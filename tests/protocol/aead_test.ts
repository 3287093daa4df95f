import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { createDecipheriv } from "node:crypto";
import { BitTrickleError } from "../../lib/errors.ts";
import { someBytes } from "../support/bytes.ts";
import { assertAeadWorks, KEY_BYTES, open, seal, TAG_BYTES } from "../../lib/protocol/aead.ts";

const keys = fc.uint8Array({ minLength: KEY_BYTES, maxLength: KEY_BYTES });
const numbers = fc.maxSafeNat();
const headers = fc.uint8Array({ maxLength: 40 });
/** Of messages, and about the length from which another library seals. */
const plaintexts = fc.oneof(
  fc.uint8Array({ maxLength: 1_200 }),
  fc.integer({ min: 2_000, max: 2_100 }).map((length) => someBytes(length)),
  fc.integer({ min: 65_000, max: 140_000 }).map((length) => someBytes(length)),
);

Deno.test({ name: "open() opens every box that seal() seals", permissions: "none" }, () => {
  fc.assert(
    fc.property(keys, numbers, headers, plaintexts, (key, number, header, plaintext) => {
      const box = seal(key, number, header, plaintext);
      assertEquals(box.length, plaintext.length + TAG_BYTES);
      assertEquals(open(key, number, header, box), plaintext);
    }),
  );
});

Deno.test({
  name: "seal() is the cipher of RFC 8439 with the number as the last eight bytes of the nonce",
  permissions: "none",
}, () => {
  fc.assert(
    fc.property(keys, numbers, headers, plaintexts, (key, number, header, plaintext) => {
      const hex = number.toString(16).padStart(24, "0");
      const nonce = Uint8Array.from(hex.match(/../g)!, (byte) => parseInt(byte, 16));
      const box = seal(key, number, header, plaintext);
      const decipher = createDecipheriv("chacha20-poly1305", key, nonce, { authTagLength: 16 });
      decipher.setAAD(header, { plaintextLength: plaintext.length });
      decipher.setAuthTag(box.subarray(plaintext.length));
      const opened = [...decipher.update(box.subarray(0, plaintext.length)), ...decipher.final()];
      assertEquals(opened, [...plaintext]);
    }),
  );
});

const KEY = new Uint8Array(KEY_BYTES).map((_, i) => i);
const NUMBER = 0x01_0203_0405_0607;
const HEADER = Uint8Array.of(1, 2, 3);
const TEXT = new TextEncoder().encode("200 1 a.txt");
const BOX = seal(KEY, NUMBER, HEADER, TEXT);

/** Everything that differs from `bytes` in one bit. */
function flips(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: bytes.length * 8 }, (_, i) => {
    const at = i >> 3;
    return bytes.with(at, bytes[at]! ^ (1 << (i & 7)));
  });
}

Deno.test({
  name: "open() refuses every single-bit flip of the box, the header and the key",
  permissions: "none",
}, () => {
  assertEquals(open(KEY, NUMBER, HEADER, BOX), TEXT);
  for (const box of flips(BOX)) assertEquals(open(KEY, NUMBER, HEADER, box), undefined);
  for (const header of flips(HEADER)) assertEquals(open(KEY, NUMBER, header, BOX), undefined);
  for (const key of flips(KEY)) assertEquals(open(key, NUMBER, HEADER, BOX), undefined);
});

Deno.test(
  { name: "open() refuses every single-bit flip of the number", permissions: "none" },
  () => {
    for (let bit = 0n; bit < 53n; bit++) {
      const number = Number(BigInt(NUMBER) ^ (1n << bit));
      assertEquals(open(KEY, number, HEADER, BOX), undefined);
    }
  },
);

Deno.test({
  name: "open() refuses what is cut, longer, or has another header",
  permissions: "none",
}, () => {
  for (let length = 0; length < BOX.length; length++) {
    assertEquals(open(KEY, NUMBER, HEADER, BOX.subarray(0, length)), undefined);
    assertEquals(open(KEY, NUMBER, HEADER, BOX.subarray(BOX.length - length)), undefined);
  }
  assertEquals(open(KEY, NUMBER, HEADER, Uint8Array.of(...BOX, 0)), undefined);
  assertEquals(open(KEY, NUMBER, HEADER.subarray(1), BOX), undefined);
  assertEquals(open(KEY, NUMBER, new Uint8Array(), BOX), undefined);
});

Deno.test({ name: "assertAeadWorks() accepts this runtime", permissions: "none" }, () => {
  assertAeadWorks();
});

/** A box as it was sealed, of those that the self-test asks about. */
const INTACT = intactOf((openBox) => assertAeadWorks(openBox));

function intactOf(test: (openBox: typeof open) => void) {
  const opened: { number: number; header: Uint8Array; box: Uint8Array }[] = [];
  test((key, number, header, box) => {
    const plaintext = open(key, number, header, box);
    if (plaintext) opened.push({ number, header, box });
    return plaintext;
  });
  return opened[0]!;
}

type IsAbout = (number: number, header: Uint8Array, box: Uint8Array) => boolean;

const END = INTACT.box.length - TAG_BYTES;

const OPENED: Readonly<Record<string, IsAbout>> = {
  "a tampered box": (_number, _header, box) => {
    const isWhole = box.length === INTACT.box.length;
    return isWhole && box.subarray(0, END).join() !== INTACT.box.subarray(0, END).join();
  },
  "a box with a tampered tag": (_number, _header, box) => {
    const isWhole = box.length === INTACT.box.length;
    return isWhole && box.subarray(END).join() !== INTACT.box.subarray(END).join();
  },
  "a box that was cut": (_number, _header, box) => {
    return box.length >= TAG_BYTES && box.length < INTACT.box.length;
  },
  "a box without its tag": (_number, _header, box) => box.length === END,
  "nothing at all": (_number, _header, box) => box.length === 0,
  "a box of another number": (number) => number !== INTACT.number,
  "a box under another header": (_number, header) => header.join() !== INTACT.header.join(),
};

for (const [what, isAbout] of Object.entries(OPENED)) {
  Deno.test(
    { name: `assertAeadWorks() refuses a runtime that opens ${what}`, permissions: "none" },
    () => {
      const error = assertThrows(
        () =>
          assertAeadWorks((key, number, header, box) => {
            return isAbout(number, header, box) ? new Uint8Array() : open(key, number, header, box);
          }),
        BitTrickleError,
      );
      assertEquals(error.code, "refused");
      assert(error.message.startsWith("Will not run on this version of Deno: "));
    },
  );
}

Deno.test({
  name: "assertAeadWorks() refuses a runtime that cannot open what it sealed",
  permissions: "none",
}, () => {
  const other: typeof open = (...args) => open(...args)?.with(0, 9);
  for (const openBox of [() => undefined, other]) {
    assertEquals(assertThrows(() => assertAeadWorks(openBox), BitTrickleError).code, "refused");
  }
});
