/**
 * What a client says of its new session.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { BitTrickleError } from "../../lib/errors.ts";
import { isDevice, isFolder } from "../../lib/protocol/device.ts";
import {
  decodeSealedLogin,
  encodeSealedLogin,
  LOGIN_TEXT_BYTES,
  type SealedLogin,
} from "../../lib/protocol/login_text.ts";
import { fieldTexts, peerPorts, texts } from "./arbitraries.ts";
import { throwsOnlyMalformed } from "./sealed_arbitraries.ts";
import { bytesOf } from "../support/bytes.ts";

const PURE = { permissions: "none" } as const;
const SHARE = "0123456789abcdef";
const LONG_AGENT = "a".repeat(64);

const logins: fc.Arbitrary<SealedLogin> = fc.record({
  share: fc.constantFrom(SHARE, "f".repeat(16)),
  tcpPort: peerPorts,
  tlsPort: peerPorts,
  agent: fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 64 }),
  device: fieldTexts.map((text) => [...text].slice(0, 20).join("")).filter(isDevice),
  folder: fieldTexts.map((text) => [...text].slice(0, 20).join("")).filter(isFolder),
  advertised: fc.constantFrom("192.0.2.1", "2001:db8::1"),
  former: fc.constantFrom("AAECAwQFBgc", "__________8"),
}, { requiredKeys: ["tcpPort", "tlsPort"] });

Deno.test({ name: "a login is written field by field", ...PURE }, () => {
  const ports = { tcpPort: 5_000, tlsPort: 5_001 };
  const cases: [login: SealedLogin, text: string][] = [
    [{ ...ports, agent: "a b" }, "login\t-\t5000\t5001\ta b"],
    [{ ...ports, share: SHARE }, `login\t${SHARE}\t5000\t5001`],
    [{ ...ports, device: "lab 3" }, "login\t-\t5000\t5001\t\tlab 3"],
    [{ ...ports, folder: "~/é" }, "login\t-\t5000\t5001\t\t\t~/é"],
    [{ ...ports, agent: "a", device: "b", folder: "/c" }, "login\t-\t5000\t5001\ta\tb\t/c"],
    [{ ...ports, advertised: "192.0.2.1" }, "login\t-\t5000\t5001\t\t\t\t192.0.2.1"],
    [{ ...ports, former: "AAECAwQFBgc" }, "login\t-\t5000\t5001\t\t\t\t\tAAECAwQFBgc"],
  ];
  for (const [login, text] of cases) assertEquals(encodeSealedLogin(login), bytesOf(text));
});

Deno.test({ name: "every login that is written is read back", ...PURE }, () => {
  fc.assert(fc.property(logins, (login) => {
    assertEquals(decodeSealedLogin(encodeSealedLogin(login)), login);
  }));
});

Deno.test({ name: "what does not fit into a login is left out, the folder first", ...PURE }, () => {
  const ports = { tcpPort: 65_535, tlsPort: 65_535 };
  const login = { ...ports, share: SHARE, agent: LONG_AGENT };
  const device = "x".repeat(64);
  const folder = "y".repeat(200);
  assertEquals(decodeSealedLogin(encodeSealedLogin({ ...login, folder })).folder, folder);
  assertEquals(decodeSealedLogin(encodeSealedLogin({ ...login, device, folder })), {
    ...login,
    device,
  });
  const wide = "🎬".repeat(64);
  const least = encodeSealedLogin({ ...login, device: wide, folder });
  assertEquals(decodeSealedLogin(least), login);
  assert(least.length <= LOGIN_TEXT_BYTES);
});

Deno.test({ name: "whatever arrives in the place of a login is read or refused", ...PURE }, () => {
  const fields = fc.array(fc.oneof(texts, fc.constantFrom("-", SHARE, "5000")), { maxLength: 8 });
  const damaged = fc.tuple(logins, fc.nat(), fc.nat(255)).map(([login, at, byte]) => {
    const bytes = encodeSealedLogin(login);
    return bytes.with(at % bytes.length, byte);
  });
  const noise = fc.oneof(
    fc.uint8Array({ maxLength: 1_300 }),
    fields.map((it) => bytesOf(["login", ...it].join("\t"))),
    damaged,
  );
  const run = (bytes: Uint8Array) => {
    assert(throwsOnlyMalformed(() => decodeSealedLogin(bytes)));
  };
  fc.assert(fc.property(noise, run), { numRuns: 2_000 });
});

for (
  const text of [
    "",
    "lap",
    "login",
    "login\t5000\t5000",
    "login\t\t5000\t5000",
    "login\t0123456789abcde\t5000\t5000",
    "login\t0123456789ABCDEF\t5000\t5000",
    "login\t0000000000000000\t5000\t5000",
    "login\t-\t5000",
    "login\t-\t5000\t",
    "login\t-\t1023\t5000",
    "login\t-\t5000\t1023",
    "login\t-\t5000\t65536",
    "login\t-\t5000\t05000",
    "login\t-\t5e3\t5000",
    "login\t-\t5000\t5000\ta\tb\tc\td",
    "login\t-\t5000\t5000\ta\n",
    "login\t-\t5000\t5000\t\x1b",
    "login\t-\t5000\t5000\t\u202e",
    `login\t-\t5000\t5000\t${"x".repeat(65)}`,
    `login\t-\t5000\t5000\t\t${"x".repeat(65)}`,
    "login\t-\t5000\t5000\t\tb\u202e",
    "login\t-\t5000\t5000\t\tb\u2028",
    `login\t-\t5000\t5000\t\t\t${"x".repeat(201)}`,
    `login\t-\t5000\t5000\t\t\t${"é".repeat(101)}`,
    "login\t-\t5000\t5000\t\t\t/\x9b",
    "login\t-\t5000\t5000\t\t\t/\u200b",
  ]
) {
  Deno.test({ name: `decodeSealedLogin() refuses ${JSON.stringify(text)}`, ...PURE }, () => {
    const error = assertThrows(() => decodeSealedLogin(bytesOf(text)), BitTrickleError);
    assertEquals(error.code, "malformed");
  });
}
