import { assert, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { fromBase64Url } from "../../lib/protocol/base64url.ts";
import {
  isSignedBy,
  SIGNATURE_BYTES,
  Signer,
  SIGNING_KEY_BYTES,
  SIGNING_SEED_BYTES,
} from "../../lib/protocol/signature.ts";
import { texts } from "./arbitraries.ts";

const seeds = fc.uint8Array({ minLength: SIGNING_SEED_BYTES, maxLength: SIGNING_SEED_BYTES });
const SIGNER = new Signer(new Uint8Array(SIGNING_SEED_BYTES).map((_, i) => i));
const TEXT = "BT2/busy hänsel a2Ux ZWNobyBlY2g 8";
const SIGNATURE = SIGNER.sign(TEXT);

function bytesOf(base64url: string): Uint8Array {
  return Uint8Array.fromBase64(base64url, { alphabet: "base64url" });
}

function base64Of(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/** Everything that differs from `bytes` in one bit. */
function flips(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: bytes.length * 8 }, (_, bit) => {
    return bytes.with(bit >> 3, bytes[bit >> 3]! ^ (1 << (bit & 7)));
  });
}

Deno.test({
  name: "what a signer signs is verified by its key, and by no other",
  permissions: "none",
}, () => {
  fc.assert(fc.property(seeds, texts, (seed, text) => {
    const signer = new Signer(seed);
    const signature = signer.sign(text);
    assertEquals(fromBase64Url(signer.publicKey)?.length, SIGNING_KEY_BYTES);
    assertEquals(fromBase64Url(signature)?.length, SIGNATURE_BYTES);
    assert(isSignedBy(signer.publicKey, text, signature));
    assert(!isSignedBy(SIGNER.publicKey, text, signature) || signer.publicKey === SIGNER.publicKey);
    assert(!isSignedBy(signer.publicKey, `${text} `, signature));
  }));
});

Deno.test({
  name: "the same seed makes the same key and the same signature",
  permissions: "none",
}, () => {
  fc.assert(fc.property(seeds, texts, (seed, text) => {
    const [one, same] = [new Signer(seed), new Signer(seed.slice())];
    assertEquals([one.publicKey, one.sign(text)], [same.publicKey, same.sign(text)]);
    assertNotEquals(new Signer(seed.with(0, seed[0]! ^ 1)).publicKey, one.publicKey);
  }));
});

/** RFC 8032 section 7.1, TEST 1, whose text is empty, and TEST 2, whose text is the letter "r". */
const PUBLISHED = [
  {
    seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    key: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    text: "",
    signature: "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155" +
      "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  },
  {
    seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    key: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    text: "r",
    signature: "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  },
];

Deno.test({ name: "a Signer signs as RFC 8032 says", permissions: "none" }, () => {
  for (const { seed, key, text, signature } of PUBLISHED) {
    const signer = new Signer(Uint8Array.fromHex(seed));
    assertEquals(bytesOf(signer.publicKey).toHex(), key);
    assertEquals(bytesOf(signer.sign(text)).toHex(), signature);
  }
});

Deno.test({
  name: "isSignedBy() refuses every single-bit flip of the signature, the text and the key",
  permissions: "none",
}, () => {
  assert(isSignedBy(SIGNER.publicKey, TEXT, SIGNATURE));
  for (const flipped of flips(bytesOf(SIGNATURE))) {
    assert(!isSignedBy(SIGNER.publicKey, TEXT, base64Of(flipped)));
  }
  for (const flipped of flips(bytesOf(SIGNER.publicKey))) {
    assert(!isSignedBy(base64Of(flipped), TEXT, SIGNATURE));
  }
  for (let at = 0; at < TEXT.length; at++) {
    for (let bit = 0; bit < 7; bit++) {
      const other = String.fromCharCode(TEXT.charCodeAt(at) ^ (1 << bit));
      const flipped = TEXT.slice(0, at) + other + TEXT.slice(at + 1);
      assert(!isSignedBy(SIGNER.publicKey, flipped, SIGNATURE));
    }
  }
});

Deno.test({
  name: "isSignedBy() throws nothing, whatever it is given for a key and a signature",
  permissions: "none",
}, () => {
  for (const other of ["", "A", "A".repeat(43), "A".repeat(86), "é", "x".repeat(1_000)]) {
    assert(!isSignedBy(SIGNER.publicKey, TEXT, other));
    assert(!isSignedBy(other, TEXT, SIGNATURE));
  }
});

Deno.test({
  name: "isSignedBy() is false for keys and signatures of the right length that nobody made",
  permissions: "none",
}, () => {
  const signatures = fc.uint8Array({ minLength: SIGNATURE_BYTES, maxLength: SIGNATURE_BYTES });
  fc.assert(fc.property(seeds, signatures, (key, signature) => {
    assert(!isSignedBy(base64Of(key), TEXT, base64Of(signature)));
    assert(!isSignedBy(SIGNER.publicKey, TEXT, base64Of(signature)));
  }));
});
