import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { send } from "../../support/raw_http.ts";
import { TestSite } from "../../support/test_site.ts";

const TOKEN = "0123456789abcdef0123456789abcdef";

for (
  const host of [
    "evil.example",
    "evil.example:8080",
    "127.0.0.1.evil.example",
    "192.168.1.5",
    "localhost@evil.example",
    "localhost.evil.example",
    "[::1",
    "0x7f.1.evil",
    "",
  ]
) {
  Deno.test(`a request for "${host}" gets nothing`, async () => {
    await using site = new TestSite({ names: ["index.lan"] });
    const { status, text } = await site.ask({ path: "/api/status", fields: { Host: host } });
    assertEquals(status, 421);
    assert(!text.includes("leia"));
  });
}

for (
  const host of ["localhost", "LOCALHOST:1", "127.0.0.1", "127.9.9.9:80", "[::1]:80", "index.lan."]
) {
  Deno.test(`a request for ${host} is answered`, async () => {
    await using site = new TestSite({ names: ["index.lan"] });
    assertEquals((await site.ask({ path: "/healthz", fields: { Host: host } })).status, 200);
  });
}

for (
  const path of [
    "/..%2fcredentials.txt",
    "/../../etc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/main.js/../admin.js",
    "//etc/passwd",
    "/main.js%00.html",
    "/.git/config",
    "/MAIN.JS",
    "/./main.js",
    "/main.js/",
    "/constructor",
    "/__proto__",
  ]
) {
  Deno.test(`the path ${path} leads to nothing`, async () => {
    await using site = new TestSite();
    assertEquals((await site.ask({ path })).status, 404);
  });
}

const MALFORMED: readonly (readonly [what: string, text: string, status: number])[] = [
  ["another protocol", "GET / HTTP/2.0\r\nHost: localhost\r\n\r\n", 400],
  ["a whole URL", "GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400],
  ["two hosts", "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\n\r\n", 400],
  ["a folded field", "GET / HTTP/1.1\r\nHost: localhost\r\n evil\r\n\r\n", 400],
  ["a space before a colon", "GET / HTTP/1.1\r\nHost : localhost\r\n\r\n", 400],
  ["a lone line feed", "GET / HTTP/1.1\r\nHost: localhost\nA: b\r\n\r\n", 400],
  [
    "two lengths",
    "POST /api/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    400,
  ],
  [
    "a signed length",
    "POST /api/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: +2\r\n\r\n{}",
    400,
  ],
  [
    "chunks",
    "POST /api/login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    501,
  ],
  [
    "a long body",
    "POST /api/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4097\r\n\r\n" +
    "x".repeat(4_097),
    413,
  ],
  [
    "many fields",
    `GET / HTTP/1.1\r\nHost: localhost\r\n${"a: b\r\n".repeat(100)}\r\n`,
    431,
  ],
  ["a long field", `GET / HTTP/1.1\r\nHost: localhost\r\na: ${"x".repeat(9_000)}\r\n\r\n`, 431],
  ["a long address", `GET /${"x".repeat(9_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 431],
];

for (const [what, text, status] of MALFORMED) {
  Deno.test(`a request with ${what} is refused with ${status}`, async () => {
    await using site = new TestSite();
    assertEquals((await send(site.address, text)).status, status);
  });
}

Deno.test("a second request on a connection is not answered", async () => {
  await using site = new TestSite();
  const one = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
  assertEquals((await send(site.address, one + one)).text, "ok\n");
});

Deno.test("a client that sends byte by byte is closed in time", async () => {
  await using site = new TestSite({ requestMs: 200 });
  using slow = await Deno.connect(site.address);
  await slow.write(new TextEncoder().encode("GET / HT"));
  assertEquals(await slow.read(new Uint8Array(1)).catch(() => null), null);
});

Deno.test("without the access token there is nothing to see", async () => {
  await using site = new TestSite({ token: TOKEN });
  for (const path of ["/", "/main.js", "/api/status", "/healthz", "/metrics", "/?token=wrong"]) {
    const { status, fields, text } = await site.ask({ path });
    assertEquals([status, fields.get("www-authenticate")], [401, "Bearer"], path);
    assert(!text.includes("leia"));
  }
  const wrong = { Authorization: `Bearer ${TOKEN}x` };
  assertEquals((await site.ask({ path: "/api/status", fields: wrong })).status, 401);
});

Deno.test("the access token opens the page, and leaves the address", async () => {
  await using site = new TestSite({ token: TOKEN });
  const bearer = { Authorization: `Bearer ${TOKEN}` };
  assertEquals((await site.ask({ path: "/metrics", fields: bearer })).status, 200);
  const { fields, text } = await site.ask({ path: `/?token=${TOKEN}` });
  assertEquals(fields.get("refresh"), "0; url=/");
  const cookie = fields.get("set-cookie") ?? "";
  assertStringIncludes(cookie, "; HttpOnly; SameSite=Strict");
  assert(!cookie.includes(TOKEN) && !text.includes(TOKEN));
  const pair = cookie.split(";", 1)[0]!;
  assertEquals((await site.ask({ path: "/", fields: { Cookie: pair } })).status, 200);
  assertEquals((await site.ask({ path: "/", fields: { Cookie: `${pair}; ${pair}` } })).status, 401);
});
