import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { BitTrickleError } from "../../lib/errors.ts";
import { DATAGRAM_BYTES } from "../../lib/protocol/limits.ts";
import { encodePlainRequest } from "../../lib/protocol/plain_request.ts";
import {
  decodeSealedDatagram,
  encodeSealedDatagram,
  HEADER_BYTES,
  isSealed,
  messageHeader,
  type SealedDatagram,
  TEXT_BYTES,
} from "../../lib/protocol/sealed_datagram.ts";
import { plainNames, requests } from "./arbitraries.ts";
import { damagedDatagrams, sealedDatagrams, throwsOnlyMalformed } from "./sealed_arbitraries.ts";
import { bytesOf } from "../support/bytes.ts";

const WRITTEN: readonly (readonly [text: string, datagram: SealedDatagram])[] = [
  ["BT2/hello hans a2Ux".padEnd(1_200), hello("hans", "a2Ux")],
  ["BT2/hello hänsel a2Ux dG9r".padEnd(1_199), hello("hänsel", "a2Ux", "dG9r")],
  ["BT2/retry dG9r", { kind: "retry", token: "dG9r" }],
  [
    "BT2/challenge Y29v a2Uy light",
    { kind: "challenge", cookie: "Y29v", ke2: "a2Uy", stretching: "light" },
  ],
  [
    "BT2/challenge Y29v a2Uy strong",
    { kind: "challenge", cookie: "Y29v", ke2: "a2Uy", stretching: "strong" },
  ],
  ["BT2/busy 60", { kind: "busy", seconds: 60 }],
  [
    "BT2/login Y29v a2Uz Ym94",
    { kind: "login", cookie: "Y29v", ke3: "a2Uz", box: bytesOf("box") },
  ],
  ["BT2/reset c2Vzc2lvbjE", { kind: "reset", session: "c2Vzc2lvbjE" }],
  [
    "BT2/msession1\0\0\0\0\0\0\x01\x02sixteen bytes of",
    { kind: "message", session: "c2Vzc2lvbjE", number: 258, box: bytesOf("sixteen bytes of") },
  ],
];

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
      if (kind !== datagram.kind) assertEquals([kind, flipped[4]], ["message", 0x6d]);
    }
  });
}

Deno.test({
  name: "a hello is as long as a datagram may be, and any other length is refused",
  permissions: "none",
}, () => {
  fc.assert(fc.property(sealedDatagrams.filter(({ kind }) => kind === "hello"), (datagram) => {
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
  name: "retry, challenge, busy and reset are never longer than a hello, nor reset than a message",
  permissions: "none",
}, () => {
  const answers = sealedDatagrams.filter(({ kind }) => kind !== "hello" && kind !== "login");
  const smallest = encodeSealedDatagram({
    kind: "message",
    session: "c2Vzc2lvbjE",
    number: 0,
    box: new Uint8Array(16),
  });
  fc.assert(fc.property(answers, (answer) => {
    const { length } = encodeSealedDatagram(answer);
    assert(length <= (answer.kind === "reset" ? smallest.length : 1_200));
  }));
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

Deno.test({ name: "a message carries a text of up to 1163 bytes", permissions: "none" }, () => {
  assertEquals([HEADER_BYTES, TEXT_BYTES], [21, 1_163]);
  const box = new Uint8Array(TEXT_BYTES + 16);
  const bytes = encodeSealedDatagram({ kind: "message", session: "c2Vzc2lvbjE", number: 0, box });
  assertEquals(bytes.length, 1_200);
});

Deno.test({ name: "messageHeader() is how a message begins", permissions: "none" }, () => {
  fc.assert(fc.property(sealedDatagrams, (datagram) => {
    if (datagram.kind !== "message") return;
    const header = messageHeader(datagram.session, datagram.number);
    assertEquals(encodeSealedDatagram(datagram).subarray(0, HEADER_BYTES), header);
  }));
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
  ["a kind in capitals", bytesOf("BT2/RESET c2Vzc2lvbjE")],
  ["another version", bytesOf("BT3/reset c2Vzc2lvbjE")],
  ["bytes that are not UTF-8", Uint8Array.of(...bytesOf("BT2/retry "), 0xff)],
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
  ["a challenge with other stretching", bytesOf("BT2/challenge Y29v a2Uy none")],
  ["a challenge with a field too many", bytesOf("BT2/challenge Y29v a2Uy light light")],
  ["a retry without a token", bytesOf("BT2/retry ")],
  ["a retry with two tokens", bytesOf("BT2/retry a b")],
  ["a wait of no time", bytesOf("BT2/busy 0")],
  ["a wait of 100 s", bytesOf("BT2/busy 100")],
  ["a wait in other digits", bytesOf("BT2/busy 1e1")],
  ["a login without a box", bytesOf("BT2/login Y29v a2Uz")],
  ["a login with an empty field", bytesOf("BT2/login  a2Uz Ym94")],
  ["a message without room for a tag", bytesOf("BT2/m".padEnd(36))],
  [
    "a message whose number is too large",
    bytesOf(`BT2/msession1\0\x20\0\0\0\0\0\0${KE.repeat(4)}`),
  ],
];

for (const [what, bytes] of REFUSED) {
  Deno.test({ name: `decodeSealedDatagram() refuses ${what}`, permissions: "none" }, () => {
    const error = assertThrows(() => decodeSealedDatagram(bytes), BitTrickleError);
    assertEquals(error.code, "malformed");
  });
}
