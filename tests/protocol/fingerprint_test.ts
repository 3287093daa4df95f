import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { toBase64Url } from "../../lib/protocol/base64url.ts";
import { fingerprintOf, isFingerprint } from "../../lib/protocol/fingerprint.ts";

const keyOf = (byte: number) => toBase64Url(new Uint8Array(32).fill(byte));

Deno.test({ name: "an index is known by eight groups of digits", permissions: "none" }, () => {
  const keys = { opaqueKey: keyOf(1), signingKey: keyOf(2) };
  // printf 'BitTrickle 2 index keys' | cat - keys | sha256sum
  assertEquals(fingerprintOf(keys), "c049-427b-fe4c-4da6-c93f-5c64-17bf-fe00");
  assert(isFingerprint(fingerprintOf(keys)));
  assertNotEquals(
    fingerprintOf(keys),
    fingerprintOf({ opaqueKey: keyOf(2), signingKey: keyOf(1) }),
  );
  for (const text of ["", "0123", "0123-".repeat(8)]) assert(!isFingerprint(text));
});
