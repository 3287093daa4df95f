/**
 * Where a client serves in clear: nowhere off this machine unless told to.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { listeningHostsFor } from "../../lib/net/resolve.ts";
import { type Hosts, plainHostsFor } from "../../lib/peer/plain_hosts.ts";

const CASES: readonly (readonly [hosts: Hosts, allowPlain: boolean, listening: string[]])[] = [
  [["127.0.0.1"], false, ["127.0.0.1"]],
  [["::1"], false, ["::1"]],
  [["127.0.0.1", "::1"], false, ["127.0.0.1", "::1"]],
  [["127.0.0.1", "2001:db8::1"], false, ["127.0.0.1"]],
  [["192.0.2.1"], false, ["127.0.0.1"]],
  [["2001:db8::1", "192.0.2.1"], false, ["127.0.0.1"]],
  [["192.0.2.1"], true, ["0.0.0.0"]],
  [["2001:db8::1", "192.0.2.1"], true, ["::", "0.0.0.0"]],
];

for (const [hosts, allowPlain, expected] of CASES) {
  const name = `with an index at ${hosts.join(", ")} files are served in clear at ${expected}`;
  Deno.test(allowPlain ? `${name} if told to` : name, { permissions: "none" }, () => {
    assertEquals(listeningHostsFor(...plainHostsFor(hosts, allowPlain)), expected);
  });
}
