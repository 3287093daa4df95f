import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { AddressTokens } from "../../../lib/index/login/address_token.ts";
import type { Address } from "../../../lib/protocol/address.ts";

const HERE: Address = { hostname: "192.168.1.7", port: 40_001 };

Deno.test({ name: "AddressTokens' token is good for 10 s", permissions: "none" }, () => {
  const tokens = new AddressTokens();
  const token = tokens.issue(HERE, 1_234.5);
  for (const [age, isGood] of [[0, true], [9_999, true], [10_000, true], [10_001, false]]) {
    assertEquals(tokens.isGood(token, HERE, 1_234.5 + Number(age)), isGood, `${age}`);
  }
  assert(!tokens.isGood(token, HERE, 1_234), "before it was issued");
});

const ELSEWHERE: readonly Address[] = [
  { ...HERE, port: 40_002 },
  { ...HERE, port: 4_000 },
  { ...HERE, hostname: "192.168.1.8" },
  { hostname: "192.168.1.74", port: 1 },
  { hostname: "::ffff:192.168.1.7", port: 40_001 },
];

for (const address of ELSEWHERE) {
  const { hostname, port } = address;
  Deno.test({
    name: `AddressTokens' token is good for its address alone, not for ${hostname} ${port}`,
    permissions: "none",
  }, () => {
    const tokens = new AddressTokens();
    assert(!tokens.isGood(tokens.issue(HERE, 0), address, 0));
    assert(tokens.isGood(tokens.issue(address, 0), address, 0));
  });
}

Deno.test({
  name: "AddressTokens refuses a token that differs in one bit, is cut or is nothing of the kind",
  permissions: "none",
}, () => {
  const tokens = new AddressTokens();
  const token = tokens.issue(HERE, 1_000);
  assert(/^[A-Za-z0-9_-]{32}$/.test(token));
  const bytes = Buffer.from(token, "base64url");
  for (let i = 0; i < bytes.length * 8; i++) {
    const flipped = Buffer.from(bytes);
    flipped[i >> 3]! ^= 1 << (i & 7);
    assert(!tokens.isGood(flipped.toString("base64url"), HERE, 1_000), `bit ${i}`);
  }
  for (const other of ["", "A", token.slice(4), token + token, "A".repeat(32)]) {
    assert(!tokens.isGood(other, HERE, 1_000));
  }
});

Deno.test({ name: "AddressTokens takes no token of another index", permissions: "none" }, () => {
  assert(!new AddressTokens().isGood(new AddressTokens().issue(HERE, 0), HERE, 0));
});
