import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { BitTrickleError } from "../../lib/errors.ts";
import { DATAGRAM_BYTES } from "../../lib/protocol/limits.ts";
import {
  decodeBinary,
  encodeBinary,
  HEADER_BYTES,
  messageHeader,
  SALT_BYTES,
  SESSION_BYTES,
  TEXT_BYTES,
  WELCOME_HEADER_BYTES,
  welcomeHeader,
} from "../../lib/protocol/sealed_message.ts";
import { boxLength } from "../../lib/protocol/sealed_text.ts";
import { datagramsOfKind } from "./sealed_arbitraries.ts";

const SESSION = "c2Vzc2lvbjE"; // "session1"
const SALT = bytesOf("salt of 16 bytes");
const TAG = bytesOf("sixteen bytes of");

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

Deno.test({
  name: "decodeBinary() reads back every message and welcome that encodeBinary() writes",
  permissions: "none",
}, () => {
  const { message, welcome } = datagramsOfKind;
  fc.assert(fc.property(fc.oneof(message, welcome), (datagram) => {
    assertEquals(decodeBinary(encodeBinary(datagram)), datagram);
  }));
});

Deno.test({
  name: "the header that is authenticated is how a message or a welcome begins",
  permissions: "none",
}, () => {
  fc.assert(fc.property(datagramsOfKind.message, datagramsOfKind.welcome, (message, welcome) => {
    const ofMessage = messageHeader(message.session, message.number);
    assertEquals(ofMessage.length, HEADER_BYTES);
    assertEquals(encodeBinary(message).subarray(0, HEADER_BYTES), ofMessage);
    const ofWelcome = welcomeHeader(welcome.salt, welcome.session);
    assertEquals(ofWelcome.length, WELCOME_HEADER_BYTES);
    assertEquals(encodeBinary(welcome).subarray(0, WELCOME_HEADER_BYTES), ofWelcome);
  }));
});

Deno.test({ name: "headers have 21 and 29 bytes", permissions: "none" }, () => {
  assertEquals(messageHeader(SESSION, 0x0102), bytesOf("BT2/msession1\0\0\0\0\0\0\x01\x02"));
  assertEquals(welcomeHeader(SALT, SESSION), bytesOf("BT2/wsalt of 16 bytessession1"));
  assertEquals([HEADER_BYTES, WELCOME_HEADER_BYTES, SALT_BYTES, SESSION_BYTES], [21, 29, 16, 8]);
});

Deno.test({
  name: "the longest text has 1152 bytes, and fits into a message and into a welcome",
  permissions: "none",
}, () => {
  assertEquals(TEXT_BYTES, 1_152);
  for (const header of [HEADER_BYTES, WELCOME_HEADER_BYTES]) {
    assert(header + boxLength(TEXT_BYTES) <= DATAGRAM_BYTES);
  }
  assert(HEADER_BYTES + boxLength(TEXT_BYTES + 1) > DATAGRAM_BYTES);
});

Deno.test({
  name: "decodeBinary() refuses number 0, which is the welcome's, and those beyond 2^53",
  permissions: "none",
}, () => {
  const numbered = (hex: string) => {
    return joined(bytesOf("BT2/msession1"), Uint8Array.fromHex(hex), TAG);
  };
  for (const hex of ["0000000000000000", "0020000000000000", "8000000000000001", "f".repeat(16)]) {
    const error = assertThrows(() => decodeBinary(numbered(hex)), BitTrickleError);
    assertEquals([error.code, error.message], ["malformed", "bad number"]);
  }
  for (const [hex, number] of [["0000000000000001", 1], ["001fffffffffffff", 2 ** 53 - 1]]) {
    const message = { kind: "message", session: SESSION, number: Number(number), box: TAG };
    assertEquals(decodeBinary(numbered(String(hex))), message as ReturnType<typeof decodeBinary>);
  }
});

Deno.test({
  name: "decodeBinary() refuses what has no room for a tag, and knows no third kind",
  permissions: "none",
}, () => {
  for (const header of [messageHeader(SESSION, 1), welcomeHeader(SALT, SESSION)]) {
    const whole = joined(header, TAG);
    assert(decodeBinary(whole));
    for (let length = 5; length < whole.length; length++) {
      const error = assertThrows(() => decodeBinary(whole.subarray(0, length)), BitTrickleError);
      assertEquals(error.code, "malformed");
    }
  }
  for (const text of ["BT2/", "BT2/M", "BT2/W", "BT2/reset"]) {
    assertEquals(decodeBinary(joined(bytesOf(text), new Uint8Array(100))), undefined);
  }
});

Deno.test({
  name: "a decoded salt outlives the datagram, whose buffer is used again",
  permissions: "none",
}, () => {
  const bytes = encodeBinary({ kind: "welcome", salt: SALT, session: SESSION, box: TAG });
  const decoded = decodeBinary(bytes);
  bytes.fill(0);
  assert(decoded?.kind === "welcome");
  assertEquals(decoded.salt, SALT);
});
