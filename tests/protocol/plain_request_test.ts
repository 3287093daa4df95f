import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { BitTrickleError } from "../../lib/errors.ts";
import { DATAGRAM_BYTES } from "../../lib/protocol/limits.ts";
import type { Request } from "../../lib/protocol/messages.ts";
import { decodePlainRequest, encodePlainRequest } from "../../lib/protocol/plain_request.ts";
import { datagrams, requests } from "./arbitraries.ts";
import { bytesOf } from "../support/bytes.ts";

const REQUESTS: readonly (readonly [text: string, request: Request])[] = [
  [
    "login hans carbonite*7 57820",
    { verb: "login", user: "hans", password: "carbonite*7", tcpPort: 57_820 },
  ],
  ["login u p 1024", { verb: "login", user: "u", password: "p", tcpPort: 1_024 }],
  ["login u p 65535", { verb: "login", user: "u", password: "p", tcpPort: 65_535 }],
  ["heartbeat hans", { verb: "heartbeat", user: "hans" }],
  ["lap hans", { verb: "lap", user: "hans" }],
  ["lpf hans", { verb: "lpf", user: "hans" }],
  ["pub hans droids.mp4", { verb: "pub", user: "hans", name: "droids.mp4" }],
  ["unp hans droids.mp4", { verb: "unp", user: "hans", name: "droids.mp4" }],
  ["sch hans roid", { verb: "sch", user: "hans", text: "roid" }],
  ["sch hans ../*", { verb: "sch", user: "hans", text: "../*" }],
  ["get hans droids.mp4", { verb: "get", user: "hans", name: "droids.mp4" }],
  ["get hänsel 日本🎬.mp4", { verb: "get", user: "hänsel", name: "日本🎬.mp4" }],
  ["pub __proto__ constructor", { verb: "pub", user: "__proto__", name: "constructor" }],
];

for (const [text, request] of REQUESTS) {
  Deno.test({ name: `encodePlainRequest() writes "${text}"`, permissions: "none" }, () => {
    assertEquals(encodePlainRequest(request), bytesOf(text));
  });

  Deno.test({ name: `decodePlainRequest() reads "${text}"`, permissions: "none" }, () => {
    assertEquals(decodePlainRequest(bytesOf(text)), request);
  });
}

const REFUSED: readonly (readonly [what: string, datagram: string | Uint8Array, reason: string])[] =
  [
    ["an empty datagram", "", "unknown command"],
    ["a single space", " ", "unknown command"],
    ["an unknown verb", "rm hans a.txt", "unknown command"],
    ["a verb in capitals", "LAP hans", "unknown command"],
    ["__proto__ for a verb", "__proto__ hans", "unknown command"],
    ["constructor for a verb", "constructor hans", "unknown command"],
    ["a space before the verb", " lap hans", "unknown command"],
    ["a NUL after the last field", "lap hans\0", "unprintable character"],
    ["nothing but NUL", "\0", "unprintable character"],
    ["a line end", "lap hans\n", "unprintable character"],
    ["a tab for a space", "lap\thans", "unprintable character"],
    ["an escape sequence", "sch hans \x1b[2J", "unprintable character"],
    ["a byte order mark", "\ufefflap hans", "unprintable character"],
    ["bytes that are not UTF-8", Uint8Array.of(0x6c, 0x61, 0x70, 0x20, 0xff), "not UTF-8"],
    ["an overlong encoding", Uint8Array.of(0x6c, 0x61, 0x70, 0x20, 0xc1, 0xa1), "not UTF-8"],
    ["an encoded surrogate", Uint8Array.of(0x6c, 0x61, 0x70, 0x20, 0xed, 0xa0, 0x80), "not UTF-8"],
    ["64 KiB", new Uint8Array(65_536).fill(0x61), "message too long"],
    ["one byte over a datagram", bytesOf("sch u ".padEnd(DATAGRAM_BYTES + 1, "a")), "too long"],
    ["a verb alone", "lap", "wrong number of fields, expected lap <user>"],
    ["a field too many", "lap hans vader", "wrong number of fields, expected lap <user>"],
    ["a trailing space", "lap hans ", "wrong number of fields, expected lap <user>"],
    ["two spaces in a row", "pub hans  a.txt", "expected pub <user> <filename>"],
    ["a login without a port", "login u p", "expected login <user> <password> <tcp_port>"],
    ["a file name with a space", "pub hans a b.txt", "expected pub <user> <filename>"],
    ["an empty user", "lap ", "bad user: it is empty"],
    ["a user of 65 characters", `lap ${"u".repeat(65)}`, "bad user: it is longer than 64"],
    ["a no-break space in a user", "lap ha\u00a0ns", "bad user: it holds a space"],
    ["an empty password", "login u  5000", "bad password: it is empty"],
    ["a password of 65 characters", `login u ${"p".repeat(65)} 5000`, "bad password: it is longer"],
    ["an empty name", "pub hans ", "bad name: it is empty"],
    ["a name that climbs", "get hans ..", "bad name: a part of it begins with a dot"],
    ["a name with a folder", "get hans ../etc/passwd", "bad name: the plain protocol cannot carry"],
    ["a device name", "unp hans CON", "bad name: a part of it is a Windows device name"],
    ["an empty search", "sch hans ", "bad search: it is empty"],
    ["a search of 256 bytes", `sch hans ${"é".repeat(128)}`, "bad search: it is longer than 255"],
  ];

for (const [what, datagram, reason] of REFUSED) {
  Deno.test({ name: `decodePlainRequest() refuses ${what}`, permissions: "none" }, () => {
    const bytes = typeof datagram === "string" ? bytesOf(datagram) : datagram;
    const error = assertThrows(() => decodePlainRequest(bytes), BitTrickleError, reason);
    assertEquals(error.code, "malformed");
  });
}

const BAD_PORTS = ["0", "-1", "70000", "65536", "1023", "80", "6e3", "0x1388", "05000", "5000.0"];

for (const port of [...BAD_PORTS, "+5000", "", "٥٠٠٠", "NaN", "Infinity", "99999999999999999999"]) {
  Deno.test({
    name: `decodePlainRequest() refuses a port written as "${port}"`,
    permissions: "none",
  }, () => {
    const datagram = bytesOf(`login hans carbonite*7 ${port}`);
    const reason = "bad port: expected a number from 1024 to 65535";
    const error = assertThrows(() => decodePlainRequest(datagram), BitTrickleError, reason);
    assertEquals(error.code, "malformed");
  });
}

const UNSENDABLE: readonly (readonly [what: string, request: Request])[] = [
  ["a name with a space", { verb: "pub", user: "hans", name: "a b.txt" }],
  ["a name with a folder", { verb: "get", user: "hans", name: "a/b.txt" }],
  ["several files at once", { verb: "pub", user: "hans", name: "a", others: [{ name: "b" }] }],
  ["a user who smuggles in a field", { verb: "lap", user: "hans vader" }],
  ["a search with a space", { verb: "sch", user: "hans", text: "a b" }],
  ["an empty search", { verb: "sch", user: "hans", text: "" }],
  ["a search of 256 bytes", { verb: "sch", user: "hans", text: "x".repeat(256) }],
  ["a search with half a character", { verb: "sch", user: "hans", text: "a\ud83c" }],
  ["a name with half a character", { verb: "pub", user: "hans", name: "a\udfac" }],
  ["a search with a line end", { verb: "sch", user: "hans", text: "a\nb" }],
  ["a system port", { verb: "login", user: "hans", password: "p", tcpPort: 22 }],
  ["a port that is too high", { verb: "login", user: "hans", password: "p", tcpPort: 65_536 }],
  ["a port between two", { verb: "login", user: "hans", password: "p", tcpPort: 5_000.5 }],
  ["a port that is no number", { verb: "login", user: "hans", password: "p", tcpPort: NaN }],
];

for (const [what, request] of UNSENDABLE) {
  Deno.test({ name: `encodePlainRequest() refuses ${what}`, permissions: "none" }, () => {
    const cause = `Cannot send ${request.verb}: `;
    const error = assertThrows(() => encodePlainRequest(request), BitTrickleError, cause);
    assertEquals(error.code, "usage");
  });
}

Deno.test({
  name: "decodePlainRequest() reads back every request that encodePlainRequest() writes",
  permissions: "none",
}, () => {
  fc.assert(fc.property(requests, (request) => {
    const datagram = encodePlainRequest(request);
    assert(datagram.length <= DATAGRAM_BYTES);
    assertEquals(decodePlainRequest(datagram), request);
  }));
});

Deno.test({
  name: "decodePlainRequest() throws nothing but malformed, and what it accepts it writes the same",
  permissions: "none",
}, () => {
  fc.assert(
    fc.property(datagrams, (datagram) => {
      let request: Request;
      try {
        request = decodePlainRequest(datagram);
      } catch (error) {
        assert(error instanceof BitTrickleError && error.code === "malformed");
        return;
      }
      assertEquals(encodePlainRequest(request), datagram);
    }),
    { numRuns: 1_000 },
  );
});
