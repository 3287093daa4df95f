import { assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError } from "../../lib/errors.ts";
import { listeningHostFor, listeningHostsFor, resolveHost } from "../../lib/net/resolve.ts";

Deno.test({ name: "resolveHost() leaves IP literals alone", permissions: "none" }, async () => {
  assertEquals(await resolveHost("192.0.2.7"), ["192.0.2.7"]);
  assertEquals(await resolveHost("2001:db8::7"), ["2001:db8::7"]);
  assertEquals(await resolveHost("fe80::1%eth0"), ["fe80::1%eth0"]);
});

Deno.test("resolveHost() prefers IPv4 for this machine's own name", async () => {
  assertEquals((await resolveHost("localhost"))[0], "127.0.0.1");
});

Deno.test("resolveHost() names a host that nobody knows, escaped", async () => {
  const tooLongToBeAsked = "x".repeat(300);
  const error = await assertRejects(() => resolveHost(`\x1b${tooLongToBeAsked}`), BitTrickleError);
  assertEquals(error.code, "network");
  assertEquals(
    error.message,
    `Cannot find the host "\\u{1b}${tooLongToBeAsked}": check the name, or use its IP`,
  );
});

Deno.test(
  { name: "listeningHostFor() stays on this machine for loopback", permissions: "none" },
  () => {
    assertEquals(listeningHostFor("127.0.0.1"), "127.0.0.1");
    assertEquals(listeningHostFor("::1"), "::1");
    assertEquals(listeningHostFor("192.0.2.7"), "0.0.0.0");
    assertEquals(listeningHostFor("2001:db8::7"), "::");
  },
);

Deno.test({
  name: "listeningHostsFor() listens for both kinds where the index has addresses of both",
  permissions: "none",
}, () => {
  assertEquals(listeningHostsFor("192.0.2.7", "2001:db8::7"), ["::", "0.0.0.0"]);
  assertEquals(listeningHostsFor("2001:db8::7", "192.0.2.7"), ["::", "0.0.0.0"]);
  assertEquals(listeningHostsFor("192.0.2.7", "192.0.2.8"), ["0.0.0.0"]);
  assertEquals(listeningHostsFor("127.0.0.1", "::1"), ["127.0.0.1", "::1"]);
  assertEquals(listeningHostsFor("::1", "127.0.0.1"), ["::1", "127.0.0.1"]);
  assertEquals(listeningHostsFor("127.0.0.1", "2001:db8::7"), ["127.0.0.1"]);
  assertEquals(listeningHostsFor("192.0.2.7", "::1"), ["0.0.0.0"]);
});
