import { assertEquals } from "@std/assert";
import { Networks } from "../../lib/protocol/networks.ts";

const PURE = { permissions: "none" } as const;

Deno.test("networks hold the addresses that begin as they do", PURE, () => {
  const networks = new Networks();
  for (const text of ["192.0.2.0/24", "10.0.0.7", "2001:db8::/32", "fd00::1"]) {
    assertEquals(networks.add(text), true, text);
  }
  for (const ip of ["192.0.2.255", "10.0.0.7", "::ffff:10.0.0.7", "2001:db8:1::5", "fd00:0::1"]) {
    assertEquals(networks.has(ip), true, ip);
  }
  for (const ip of ["192.0.3.0", "10.0.0.8", "2001:db9::", "fd00::2", "::", "x", "fe80::1%eth0"]) {
    assertEquals(networks.has(ip), false, ip);
  }
  assertEquals(Networks.NONE.has("10.0.0.7"), false);
});

Deno.test("what is no network is not taken", PURE, () => {
  const networks = new Networks();
  const wrong = ["", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/8/8", "10.0.0.0/-1", "10/8"];
  for (const text of [...wrong, "::/129", "::1%lo", "index.lan", "10.0.0.0/ 8", "10.0.0.0/1e1"]) {
    assertEquals(networks.add(text), false, text);
  }
  assertEquals(networks.has("10.0.0.0"), false);
});
