import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  assertAeadWorks,
  KEY_BYTES,
  open,
  seal,
  sealShortTextsBy,
  TAG_BYTES,
} from "../../lib/protocol/aead.ts";
import { openAtRandom, sealAtRandom, SODIUM } from "../../lib/protocol/sodium_aead.ts";
import { someBytes } from "../support/bytes.ts";

const keys = fc.uint8Array({ minLength: KEY_BYTES, maxLength: KEY_BYTES });
const headers = fc.uint8Array({ maxLength: 40 });
/** Of messages, and about the length from which the runtime seals whatever there is. */
const plaintexts = fc.oneof(
  fc.uint8Array({ maxLength: 1_200 }),
  fc.integer({ min: 2_000, max: 2_100 }).map((length) => someBytes(length)),
);

const KEY = new Uint8Array(KEY_BYTES).map((_, i) => i);
const HEADER = Uint8Array.of(1, 2, 3);
const TEXT = new TextEncoder().encode("200 1 a.txt");

/** Everything that differs from `bytes` in one bit. */
function flips(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: bytes.length * 8 }, (_, i) => {
    const at = i >> 3;
    return bytes.with(at, bytes[at]! ^ (1 << (i & 7)));
  });
}

/** What `work` returns while libsodium seals short texts. */
function bySodium<T>(work: () => T): T {
  sealShortTextsBy(SODIUM);
  try {
    return work();
  } finally {
    sealShortTextsBy(undefined);
  }
}

Deno.test({
  name: "seal() and open() do the same by libsodium as by the runtime",
  permissions: "none",
}, () => {
  fc.assert(
    fc.property(keys, fc.maxSafeNat(), headers, plaintexts, (key, number, header, plaintext) => {
      const box = seal(key, number, header, plaintext);
      assertEquals(bySodium(() => seal(key, number, header, plaintext)), box);
      assertEquals(bySodium(() => open(key, number, header, box)), plaintext);
    }),
  );
});

Deno.test({
  name: "open() refuses by libsodium every single-bit flip, and what is cut",
  permissions: "none",
}, () => {
  const box = seal(KEY, 7, HEADER, TEXT);
  const openBySodium = (...args: Parameters<typeof open>) => bySodium(() => open(...args));
  for (const bytes of flips(box)) assertEquals(openBySodium(KEY, 7, HEADER, bytes), undefined);
  for (const header of flips(HEADER)) assertEquals(openBySodium(KEY, 7, header, box), undefined);
  for (const key of flips(KEY)) assertEquals(openBySodium(key, 7, HEADER, box), undefined);
  for (let length = 0; length < box.length; length++) {
    assertEquals(openBySodium(KEY, 7, HEADER, box.subarray(0, length)), undefined);
  }
});

Deno.test({ name: "assertAeadWorks() accepts libsodium", permissions: "none" }, () => {
  bySodium(assertAeadWorks);
});

Deno.test(
  { name: "openAtRandom() opens all that sealAtRandom() seals", permissions: "none" },
  () => {
    fc.assert(fc.property(keys, headers, plaintexts, (key, header, plaintext) => {
      const bytes = sealAtRandom(key, header, plaintext);
      assertEquals(bytes.length, 24 + plaintext.length + TAG_BYTES);
      assertEquals(openAtRandom(key, header, bytes), plaintext);
    }));
  },
);

Deno.test({
  name: "sealAtRandom() takes a new nonce of 24 bytes each time",
  permissions: "none",
}, () => {
  const sealed = Array.from({ length: 1_000 }, () => sealAtRandom(KEY, HEADER, TEXT).toHex());
  assertEquals(new Set(sealed.map((hex) => hex.slice(0, 48))).size, 1_000);
  assertEquals(new Set(sealed.map((hex) => hex.slice(48))).size, 1_000);
});

Deno.test({
  name: "openAtRandom() opens the example of draft-irtf-cfrg-xchacha-03, appendix A.3.1",
  permissions: "none",
}, () => {
  const range = (from: number, length: number) => Uint8Array.from({ length }, (_, i) => from + i);
  const box = "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb" +
    "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452" +
    "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9" +
    "21f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49";
  const header = Uint8Array.fromHex("50515253c0c1c2c3c4c5c6c7");
  const bytes = Uint8Array.of(...range(0x40, 24), ...Uint8Array.fromHex(box));
  const text = "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for " +
    "the future, sunscreen would be it.";
  assertEquals(openAtRandom(range(0x80, 32), header, bytes), new TextEncoder().encode(text));
});

Deno.test({
  name:
    "openAtRandom() refuses every single-bit flip, and what is cut, longer or of another header",
  permissions: "none",
}, () => {
  const sealed = sealAtRandom(KEY, HEADER, TEXT);
  for (const bytes of flips(sealed)) assertEquals(openAtRandom(KEY, HEADER, bytes), undefined);
  for (const header of flips(HEADER)) assertEquals(openAtRandom(KEY, header, sealed), undefined);
  for (const key of flips(KEY)) assertEquals(openAtRandom(key, HEADER, sealed), undefined);
  for (let length = 0; length < sealed.length; length++) {
    assertEquals(openAtRandom(KEY, HEADER, sealed.subarray(0, length)), undefined);
    assertEquals(openAtRandom(KEY, HEADER, sealed.subarray(sealed.length - length)), undefined);
  }
  assertEquals(openAtRandom(KEY, HEADER, Uint8Array.of(...sealed, 0)), undefined);
});
