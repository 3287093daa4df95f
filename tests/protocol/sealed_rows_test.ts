/**
 * Rows of sessions.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { isDevice, isFolder } from "../../lib/protocol/device.ts";
import type { SessionDetails } from "../../lib/protocol/messages.ts";
import { parseSession, sessionRow } from "../../lib/protocol/sealed_rows.ts";
import { fieldTexts, peerPorts } from "./arbitraries.ts";

const short = fieldTexts.map((text) => [...text].slice(0, 20).join(""));

const sessions: fc.Arbitrary<SessionDetails> = fc.record({
  share: fc.constantFrom("0123456789abcdef", "0".repeat(16)),
  ip: fc.constantFrom("192.0.2.1", "2001:db8::1"),
  port: peerPorts,
  seconds: fc.nat(),
  isStandby: fc.boolean(),
  agent: fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 64 }),
  device: short.filter(isDevice),
  folder: short.filter(isFolder),
}, { requiredKeys: ["ip", "port", "seconds", "isStandby"] });

Deno.test({ name: "a row reads back as the session that it is of", permissions: "none" }, () => {
  fc.assert(fc.property(sessions, (session) => {
    assertEquals(parseSession(sessionRow("hans", session).split("\t")), session);
  }));
});
