import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { BitTrickleError } from "../../lib/errors.ts";
import { DATAGRAM_BYTES } from "../../lib/protocol/limits.ts";
import { encodePlainRequest } from "../../lib/protocol/plain_request.ts";
import {
  decodeSealedDatagram,
  echoOf,
  encodeSealedDatagram,
  isSealed,
  LOGIN_HEADER,
  type SealedDatagram,
  signedTextOf,
} from "../../lib/protocol/sealed_datagram.ts";
import { plainNames, requests } from "./arbitraries.ts";
import {
  damagedDatagrams,
  datagramsOfKind,
  sealedDatagrams,
  throwsOnlyMalformed,
} from "./sealed_arbitraries.ts";
import { bytesOf } from "../support/bytes.ts";

const ECHO = "ZWNobyBlY2g";
const SIGNATURE = "c2ln".repeat(21) + "cw";
const VALUE = "dmFs".repeat(5) + "dg";

const WRITTEN: readonly (readonly [text: string, datagram: SealedDatagram])[] = [
  ["BT2/hello hans a2Ux".padEnd(1_200), hello("hans", "a2Ux")],
  ["BT2/hello hänsel a2Ux dG9r".padEnd(1_199), hello("hänsel", "a2Ux", "dG9r")],
  [`BT2/retry ${ECHO} dG9r`, { kind: "retry", echo: ECHO, token: "dG9r" }],
  [`BT2/challenge ${ECHO} Y29v a2Uy light ${SIGNATURE}`, challenge("light")],
  [`BT2/challenge ${ECHO} Y29v a2Uy strong ${SIGNATURE}`, challenge("strong")],
  [
    `BT2/busy ${ECHO} 60 ${SIGNATURE}`,
    { kind: "busy", echo: ECHO, seconds: 60, signature: SIGNATURE },
  ],
  [
    `BT2/unable ${ECHO} 5 ${SIGNATURE}`,
    { kind: "unable", echo: ECHO, seconds: 5, signature: SIGNATURE },
  ],
  [
    "BT2/login Y29v a2Uz Ym94",
    { kind: "login", cookie: "Y29v", ke3: "a2Uz", box: bytesOf("box") },
  ],
  [
    `BT2/reset c2Vzc2lvbjE ${VALUE}`,
    { kind: "reset", session: "c2Vzc2lvbjE", value: VALUE },
  ],
  [
    "BT2/msession1\0\0\0\0\0\0\x01\x02sixteen bytes of",
    { kind: "message", session: "c2Vzc2lvbjE", number: 258, box: bytesOf("sixteen bytes of") },
  ],
  [
    "BT2/wsalt of 16 bytessession1sixteen bytes of",
    {
      kind: "welcome",
      salt: bytesOf("salt of 16 bytes"),
      session: "c2Vzc2lvbjE",
      box: bytesOf("sixteen bytes of"),
    },
  ],
];

function challenge(stretching: "light" | "strong"): SealedDatagram {
  const fields = { echo: ECHO, cookie: "Y29v", ke2: "a2Uy", signature: SIGNATURE };
  return { kind: "challenge", ...fields, stretching };
}

function hello(user: string, ke1: string, token?: string): SealedDatagram {
  return { kind: "hello", user, ke1, token };
}

for (const [text, datagram] of WRITTEN) {
  const name = `a ${datagram.kind} is written as ${JSON.stringify(text.trimEnd())}`;
  Deno.test({ name, permissions: "none" }, () => {
    assertEquals(encodeSealedDatagram(datagram), bytesOf(text));
    assertEquals(decodeSealedDatagram(bytesOf(text)), datagram);
  });
}

Deno.test({
  name: "decodeSealedDatagram() reads back every datagram that encodeSealedDatagram() writes",
  permissions: "none",
}, () => {
  fc.assert(
    fc.property(sealedDatagrams, (datagram) => {
      const bytes = encodeSealedDatagram(datagram);
      assert(isSealed(bytes) && bytes.length <= DATAGRAM_BYTES);
      assertEquals(decodeSealedDatagram(bytes), datagram);
      assertEquals(decodeSealedDatagram(Uint8Array.of(0, ...bytes).subarray(1)), datagram);
    }),
    { numRuns: 500 },
  );
});

Deno.test({
  name: "decodeSealedDatagram() throws nothing but malformed, whatever the bytes",
  permissions: "none",
}, () => {
  fc.assert(
    fc.property(damagedDatagrams, (bytes) => {
      assert(throwsOnlyMalformed(() => decodeSealedDatagram(bytes)));
    }),
    { numRuns: 3_000 },
  );
});

for (const [text, datagram] of WRITTEN) {
  const name =
    `every single-bit flip of "${text.trimEnd()}" is malformed or still a ${datagram.kind}`;
  Deno.test({ name, permissions: "none" }, () => {
    const bytes = bytesOf(text);
    for (let i = 0; i < bytes.length * 8; i++) {
      const flipped = bytes.with(i >> 3, bytes[i >> 3]! ^ (1 << (i & 7)));
      let kind = datagram.kind;
      assert(throwsOnlyMalformed(() => kind = decodeSealedDatagram(flipped).kind));
      if (kind !== datagram.kind) assert(kind === "message" || kind === "welcome");
    }
  });
}

Deno.test({
  name: "one datagram has one spelling: what decodeSealedDatagram() takes, it is encoded to",
  permissions: "none",
}, () => {
  fc.assert(
    fc.property(damagedDatagrams, (bytes) => {
      let datagram: SealedDatagram | undefined;
      if (throwsOnlyMalformed(() => datagram = decodeSealedDatagram(bytes)) && datagram) {
        assertEquals(encodeSealedDatagram(datagram), bytes);
      }
    }),
    { numRuns: 3_000 },
  );
});

Deno.test({
  name: "a hello is as long as a datagram may be, and any other length is refused",
  permissions: "none",
}, () => {
  fc.assert(fc.property(datagramsOfKind.hello, (datagram) => {
    const bytes = encodeSealedDatagram(datagram);
    assertEquals(bytes.length, 1_200);
    for (const length of [1_199, 600, new TextDecoder().decode(bytes).trimEnd().length]) {
      const cut = bytes.subarray(0, length);
      assertEquals(
        assertThrows(() => decodeSealedDatagram(cut), BitTrickleError).code,
        "malformed",
      );
    }
    assertThrows(() => decodeSealedDatagram(Uint8Array.of(...bytes, 0x20)), BitTrickleError);
  }));
});

Deno.test({
  name: "nothing that answers a hello is longer than it, and no reset as long as a message",
  permissions: "none",
}, () => {
  const { retry, challenge, busy, unable, reset } = datagramsOfKind;
  fc.assert(fc.property(fc.oneof(retry, challenge, busy, unable, reset), (answer) => {
    const { length } = encodeSealedDatagram(answer);
    const shortest = 5 + 8 + 8 + 64 + 16; // A message with a text of up to 64 bytes.
    assert(length <= (answer.kind === "reset" ? shortest - 1 : 1_200));
  }));
});

Deno.test({
  name:
    "the longest challenge has 1135 bytes, and 1200 leave the longest login room for 320 of text",
  permissions: "none",
}, () => {
  const base64 = (bytes: number) => "A".repeat(Math.ceil(bytes * 4 / 3));
  const cookie = base64(24 + 16 + 8 + 8 + 128 + 256);
  const fields = { echo: ECHO, ke2: base64(320), signature: SIGNATURE } as const;
  const datagram = { kind: "challenge", ...fields, cookie, stretching: "strong" } as const;
  assertEquals(encodeSealedDatagram(datagram).length, 1_135);
  const login = (text: number) =>
    encodeSealedDatagram({
      ...{ kind: "login", cookie, ke3: base64(64) },
      box: new Uint8Array(text + 16),
    });
  assert(login(320).length <= DATAGRAM_BYTES && login(384).length > DATAGRAM_BYTES);
});

Deno.test({
  name: "echoOf() is the beginning of SHA-256 over the bytes of the hello's first message",
  permissions: "none",
}, () => {
  const of = bytesOf("abc").toBase64({ alphabet: "base64url", omitPadding: true });
  // SHA-256 of "abc" begins ba7816bf 8f01cfea (FIPS 180-2, appendix B.1).
  assertEquals(
    Uint8Array.fromBase64(echoOf(of), { alphabet: "base64url" }).toHex(),
    "ba7816bf8f01cfea",
  );
});

Deno.test({
  name: "signedTextOf() holds the user, the hello and every field, each in its place",
  permissions: "none",
}, () => {
  const hello = { user: "hänsel", ke1: "a2Ux", token: "dG9r" };
  const start = `hänsel a2Ux dG9r ${ECHO}`;
  const signed = { echo: ECHO, cookie: "Y29v", ke2: "a2Uy" } as const;
  const challenge = { kind: "challenge", ...signed, stretching: "light" } as const;
  assertEquals(signedTextOf(challenge, hello), `BT2/challenge ${start} Y29v a2Uy light`);
  const busy = { kind: "busy", echo: ECHO, seconds: 8 } as const;
  assertEquals(signedTextOf(busy, hello), `BT2/busy ${start} 8`);
  assertEquals(signedTextOf({ ...busy, kind: "unable" }, hello), `BT2/unable ${start} 8`);
});

Deno.test({ name: "LOGIN_HEADER is nine bytes that never vary", permissions: "none" }, () => {
  assertEquals(LOGIN_HEADER, bytesOf("BT2/login"));
});

Deno.test({
  name: "isSealed() takes no request and no file name of protocol 1 for protocol 2's",
  permissions: "none",
}, () => {
  fc.assert(fc.property(requests, plainNames, (request, name) => {
    assert(!isSealed(encodePlainRequest(request)));
    assert(!isSealed(bytesOf(name)));
  }));
  for (const text of ["", "B", "BT2", "BT2\\", "bt2/m", " BT2/m"]) assert(!isSealed(bytesOf(text)));
  assert(isSealed(bytesOf("BT2/")));
});

const KE = "a2Ux";

/** The bytes of `text`, but for `?`, which is none of a character. */
function notUtf8(text: string): Uint8Array {
  return bytesOf(text).map((byte) => byte === 0x3f ? 0xff : byte);
}

const REFUSED: readonly (readonly [what: string, bytes: Uint8Array])[] = [
  ["nothing", bytesOf("")],
  ["a prefix alone", bytesOf("BT2/")],
  ["an unknown kind", bytesOf("BT2/goodbye a2Ux")],
  ["a kind in capitals", bytesOf(`BT2/RESET c2Vzc2lvbjE ${VALUE}`)],
  ["another version", bytesOf(`BT3/reset c2Vzc2lvbjE ${VALUE}`)],
  ["bytes that are not UTF-8", Uint8Array.of(...bytesOf(`BT2/retry ${ECHO} `), 0xff)],
  ["more than a datagram", bytesOf("BT2/m".padEnd(1_201, "\0"))],
  ["a hello of a user who is not UTF-8", notUtf8(`BT2/hello h?ns ${KE}`.padEnd(1_200))],
  ["a hello of nobody", bytesOf(`BT2/hello  ${KE}`.padEnd(1_200))],
  ["a hello without a message", bytesOf("BT2/hello hans".padEnd(1_200))],
  ["a hello with a field too many", bytesOf(`BT2/hello hans ${KE} ${KE} ${KE}`.padEnd(1_200))],
  ["a hello of an illegal user", bytesOf(`BT2/hello h\u202es ${KE}`.padEnd(1_198))],
  [
    "a hello of a user of 65 characters",
    bytesOf(`BT2/hello ${"u".repeat(65)} ${KE}`.padEnd(1_200)),
  ],
  ["a hello with other base64", bytesOf("BT2/hello hans a+/=".padEnd(1_200))],
  ["a hello padded with LF", bytesOf(`BT2/hello hans ${KE}`.padEnd(1_200, "\n"))],
  [
    "a hello padded with other spaces",
    bytesOf(`BT2/hello hans ${KE}`.padEnd(1_199) + "\u2003").slice(0, 1_200),
  ],
  [
    "a challenge with other stretching",
    bytesOf(`BT2/challenge ${ECHO} Y29v a2Uy none ${SIGNATURE}`),
  ],
  ["a challenge of the version before", bytesOf("BT2/challenge Y29v a2Uy light")],
  ["a challenge without a signature", bytesOf(`BT2/challenge ${ECHO} Y29v a2Uy light`)],
  [
    "a challenge with a field too many",
    bytesOf(`BT2/challenge ${ECHO} Y29v a2Uy light ${SIGNATURE} ${SIGNATURE}`),
  ],
  [
    "a challenge with half a signature",
    bytesOf(`BT2/challenge ${ECHO} Y29v a2Uy light ${SIGNATURE.slice(43)}`),
  ],
  ["a retry of the version before", bytesOf("BT2/retry dG9r")],
  ["a retry without a token", bytesOf(`BT2/retry ${ECHO} `)],
  ["a retry with two tokens", bytesOf(`BT2/retry ${ECHO} dG9r dG9r`)],
  ["a retry with a short echo", bytesOf(`BT2/retry ${ECHO.slice(1)} dG9r`)],
  ["a busy of the version before", bytesOf("BT2/busy 5")],
  ["a wait without a signature", bytesOf(`BT2/busy ${ECHO} 5`)],
  ["a wait of no time", bytesOf(`BT2/busy ${ECHO} 0 ${SIGNATURE}`)],
  ["a wait of 100 s", bytesOf(`BT2/busy ${ECHO} 100 ${SIGNATURE}`)],
  ["an inability of no time", bytesOf(`BT2/unable ${ECHO} 0 ${SIGNATURE}`)],
  ["a wait in other digits", bytesOf(`BT2/busy ${ECHO} 1e1 ${SIGNATURE}`)],
  ["a reset of the version before", bytesOf("BT2/reset c2Vzc2lvbjE")],
  ["a reset with a short value", bytesOf(`BT2/reset c2Vzc2lvbjE ${VALUE.slice(1)}`)],
  [
    "a reset with another spelling of its value",
    bytesOf(`BT2/reset c2Vzc2lvbjE ${VALUE.slice(0, -1)}h`),
  ],
  ["a login without a box", bytesOf("BT2/login Y29v a2Uz")],
  ["a login with an empty field", bytesOf("BT2/login  a2Uz Ym94")],
];

for (const [what, bytes] of REFUSED) {
  Deno.test({ name: `decodeSealedDatagram() refuses ${what}`, permissions: "none" }, () => {
    const error = assertThrows(() => decodeSealedDatagram(bytes), BitTrickleError);
    assertEquals(error.code, "malformed");
  });
}
