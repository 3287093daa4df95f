/**
 * Sessions as servers of other versions may have written them.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { decodeSession, encodeSession } from "../../lib/fleet/session_value.ts";
import type { SharedSession } from "../../lib/index/sessions/shared_session.ts";
import { encodeUtf8 } from "../../lib/protocol/utf8.ts";

const SESSION: SharedSession = {
  ...{ name: "AAAAAAAAAAA", user: "hans", share: "0000000000000001" },
  address: { hostname: "2001:db8::1", port: 5_000 },
  ...{ otherHost: "192.0.2.1", tcpPort: 5_001, tlsPort: 5_002, tlsLabel: "0".repeat(32) },
  ...{ agent: "BitTrickle", device: "desk", folder: "films", advertised: "192.0.2.2" },
  ...{ openedAt: 1.5, ticketKey: new Uint8Array(32) },
  unfinished: [{ id: "ab".repeat(32), size: 5 }],
};

const ODD: readonly Record<string, unknown>[] = [
  ...[{ name: 1 }, { user: undefined }, { user: "a\u001b[31m" }, { share: "x" }, { share: 1 }],
  ...[{ address: undefined }, { address: { hostname: "a.example", port: 1 } }],
  ...[{ address: { hostname: "192.0.2.1", port: 65_536 } }, { otherHost: {} }, { tcpPort: "1" }],
  ...[{ tlsPort: -1 }, { tlsLabel: 7 }, { tlsLabel: "a.b" }, { agent: {} }, { device: "a\tb" }],
  ...[{ folder: [] }, { advertised: "not an ip" }, { openedAt: null }, { ticketKey: "00" }],
  ...[{ unfinished: {} }, { unfinished: [null] }, { unfinished: [{ id: "ab", size: 1 }] }],
  ...[{ unfinished: [{ id: "ab".repeat(32), size: "1" }] }],
];

Deno.test("a session is read as it was written", () => {
  const registered = { server: "server", session: SESSION };
  assertEquals(decodeSession(encodeSession(registered)), registered);
  const { otherHost: _, tlsLabel: __, ...least } = SESSION;
  const early = { server: "server", session: { ...least, unfinished: [] } };
  assertEquals(decodeSession(encodeSession(early)), early);
});

Deno.test("what is no session of this version is none, whatever it is", () => {
  for (const odd of ODD) {
    const session = { ...SESSION, ticketKey: "00".repeat(32), ...odd };
    const bytes = encodeUtf8(JSON.stringify({ server: "server", session }));
    assertEquals(decodeSession(bytes), undefined, JSON.stringify(odd));
  }
});
