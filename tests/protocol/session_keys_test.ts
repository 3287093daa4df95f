import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Buffer } from "node:buffer";
import { deriveSessionKeys } from "../../lib/protocol/session_keys.ts";

const sessionKeys = fc.uint8Array({ minLength: 64, maxLength: 64 })
  .map((bytes) => Buffer.from(bytes).toString("base64url"));

/** The same derivation in the terms of another API. */
async function derive(sessionKey: string, purpose: string, length: number): Promise<Uint8Array> {
  const secret = new Uint8Array(Buffer.from(sessionKey, "base64url"));
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const info = new TextEncoder().encode(`BitTrickle 2 ${purpose}`);
  const algorithm = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, length * 8));
}

Deno.test({ name: "deriveSessionKeys() is HKDF-SHA-256", permissions: "none" }, async () => {
  await fc.assert(
    fc.asyncProperty(sessionKeys, async (sessionKey) => {
      const { session, toIndex, toClient } = deriveSessionKeys(sessionKey);
      const name = await derive(sessionKey, "session name", 8);
      assertEquals(session, Buffer.from(name).toString("base64url"));
      assertEquals(toIndex, await derive(sessionKey, "client to index", 32));
      assertEquals(toClient, await derive(sessionKey, "index to client", 32));
    }),
    { numRuns: 20 },
  );
});

Deno.test({
  name: "deriveSessionKeys() gives both sides the same, and each direction a key of its own",
  permissions: "none",
}, () => {
  fc.assert(fc.property(sessionKeys, (sessionKey) => {
    const keys = deriveSessionKeys(sessionKey);
    assertEquals(deriveSessionKeys(sessionKey), keys);
    const { session, toIndex, toClient } = keys;
    const values = [toIndex, toClient].map((key) => Buffer.from(key).toString("base64url"));
    const beginnings = [session, ...values].map((value) => value.slice(0, session.length));
    assertEquals(new Set(beginnings).size, 3);
    assertEquals([toIndex.length, toClient.length, session.length], [32, 32, 11]);
  }));
});

Deno.test({
  name: "deriveSessionKeys() gives other values for a key that differs in one bit",
  permissions: "none",
}, () => {
  const secret = new Uint8Array(64).fill(7);
  const seen = new Set<string>();
  for (let bit = 0; bit <= 512; bit++) {
    const at = bit >> 3;
    const other = bit === 512 ? secret : secret.with(at, secret[at]! ^ (1 << (bit & 7)));
    const keys = deriveSessionKeys(Buffer.from(other).toString("base64url"));
    seen.add(keys.session).add(keys.toIndex.join()).add(keys.toClient.join());
  }
  assertEquals(seen.size, 3 * 513);
});
