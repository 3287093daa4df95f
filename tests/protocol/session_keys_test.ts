import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Buffer } from "node:buffer";
import {
  deriveLoginKey,
  deriveSessionKeys,
  type SessionKeys,
} from "../../lib/protocol/session_keys.ts";
import { base64 } from "./sealed_arbitraries.ts";

const sessionKeys = base64(64);
const salts = fc.uint8Array({ minLength: 16, maxLength: 16 });

/** The same derivation in the terms of another API. */
async function derive(
  sessionKey: string,
  salt: Uint8Array<ArrayBuffer>,
  purpose: string,
  length: number,
): Promise<Uint8Array> {
  const secret = new Uint8Array(Buffer.from(sessionKey, "base64url"));
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const info = new TextEncoder().encode(`BitTrickle 2 ${purpose}`);
  const algorithm = { name: "HKDF", hash: "SHA-256", salt, info };
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, length * 8));
}

/** All values of a session, in hexadecimal, shortened to the length of the shortest. */
function valuesOf({ session, ...keys }: SessionKeys): string[] {
  const name = Buffer.from(session, "base64url").toString("hex");
  return [name, ...Object.values(keys).map((key) => key.toHex().slice(0, name.length))];
}

Deno.test({ name: "deriveSessionKeys() is HKDF-SHA-256", permissions: "none" }, async () => {
  await fc.assert(
    fc.asyncProperty(sessionKeys, salts, async (sessionKey, bytes) => {
      const salt = new Uint8Array(bytes);
      const { session, toIndex, toClient, moves, tickets } = deriveSessionKeys(sessionKey, salt);
      const name = await derive(sessionKey, salt, "session name", 8);
      assertEquals(session, Buffer.from(name).toString("base64url"));
      assertEquals(toIndex, await derive(sessionKey, salt, "client to index", 32));
      assertEquals(toClient, await derive(sessionKey, salt, "index to client", 32));
      assertEquals(moves, await derive(sessionKey, salt, "moves", 32));
      assertEquals(tickets, await derive(sessionKey, salt, "tickets", 32));
    }),
    { numRuns: 20 },
  );
});

Deno.test(
  { name: "deriveLoginKey() is HKDF-SHA-256 without a salt", permissions: "none" },
  async () => {
    await fc.assert(
      fc.asyncProperty(sessionKeys, async (sessionKey) => {
        const key = await derive(sessionKey, new Uint8Array(), "login", 32);
        assertEquals(deriveLoginKey(sessionKey), key);
      }),
      { numRuns: 20 },
    );
  },
);

Deno.test({
  name: "deriveSessionKeys() gives both sides the same, and each purpose a value of its own",
  permissions: "none",
}, () => {
  fc.assert(fc.property(sessionKeys, salts, (sessionKey, salt) => {
    const keys = deriveSessionKeys(sessionKey, salt);
    assertEquals(deriveSessionKeys(sessionKey, salt), keys);
    const login = deriveLoginKey(sessionKey).toHex().slice(0, 16);
    assertEquals(new Set([...valuesOf(keys), login]).size, 6);
    const { session, toIndex, toClient, moves, tickets } = keys;
    const lengths = [toIndex, toClient, moves, tickets].map(({ length }) => length);
    assertEquals([...lengths, session.length], [32, 32, 32, 32, 11]);
  }));
});

Deno.test({
  name: "a login that is answered twice, with two salts, never yields the same name or key",
  permissions: "none",
}, () => {
  fc.assert(fc.property(sessionKeys, salts, salts, (sessionKey, one, other) => {
    fc.pre(one.join() !== other.join());
    const values = [one, other].flatMap((salt) => valuesOf(deriveSessionKeys(sessionKey, salt)));
    assertEquals(new Set(values).size, 10);
  }));
});

Deno.test({
  name: "deriveSessionKeys() gives other values for a key or a salt that differs in one bit",
  permissions: "none",
}, () => {
  const [secret, salt] = [new Uint8Array(64).fill(7), new Uint8Array(16).fill(9)];
  const seen = new Set<string>();
  const see = (secret: Uint8Array, salt: Uint8Array) => {
    const keys = deriveSessionKeys(Buffer.from(secret).toString("base64url"), salt);
    for (const value of valuesOf(keys)) seen.add(value);
  };
  see(secret, salt);
  const flip = (bytes: Uint8Array, bit: number) => {
    return bytes.with(bit >> 3, bytes[bit >> 3]! ^ (1 << (bit & 7)));
  };
  for (let bit = 0; bit < 512; bit++) see(flip(secret, bit), salt);
  for (let bit = 0; bit < 128; bit++) see(secret, flip(salt, bit));
  assertEquals(seen.size, 5 * (1 + 512 + 128));
});

Deno.test({ name: "a salt has 16 bytes, no more and no less", permissions: "none" }, () => {
  for (const length of [0, 15, 17, 32]) {
    const derive = () => deriveSessionKeys("A".repeat(86), new Uint8Array(length));
    assertThrows(derive, RangeError, "a salt has 16 bytes");
  }
});
