import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { tlsNameOf } from "../../../lib/protocol/tls.ts";
import { setAdminPassword } from "../../../lib/server/accounts/admin_password.ts";
import { HttpServer } from "../../../lib/server/http/http_server.ts";
import { ASSETS } from "../../../lib/server/page/assets.ts";
import { FakeStatus } from "../../support/fake_status.ts";
import { isWellOverTls, sendOverTls } from "../../support/https.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { TestAuthority } from "../../support/test_authority.ts";
import { waitFor } from "../../support/wait_for.ts";

const ADDRESS = { hostname: "127.0.0.1", port: 0 } as const;

Deno.test("the page over TLS comes whole, with cookies for TLS alone", {
  ignore: !MAY_USE_DISK,
}, async () => {
  await using folder = await TempFolder.make();
  const credentials = await folder.write("users.txt", "leia secret\n");
  await setAdminPassword(credentials, "correct-horse");
  const authority = new TestAuthority();
  const { certificate: cert, key, label } = await authority.identity();
  const name = tlsNameOf(label);
  const status = new FakeStatus();
  using server = await HttpServer.start(
    { address: ADDRESS, credentials, names: [name], certificate: { cert, key } },
    { source: status, administration: status },
  );
  const ask = (text: string) => sendOverTls(server.address, name, authority, text);
  const chart = await ask(`GET /uplot.js HTTP/1.1\r\nHost: ${name}\r\n\r\n`);
  assertEquals(chart.text, new TextDecoder().decode(ASSETS.get("/uplot.js")!.bytes));
  const body = '{"password":"correct-horse"}';
  const login = await ask(
    `POST /api/login HTTP/1.1\r\nHost: ${name}\r\nOrigin: https://${name}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  assertEquals(login.status, 200);
  const cookie = login.fields.get("set-cookie") ?? "";
  assertStringIncludes(cookie, "; Secure");
  assert(cookie.startsWith("__Host-"));
});

Deno.test("a certificate is renewed at the same address", { ignore: !MAY_USE_DISK }, async () => {
  const authority = new TestAuthority();
  const [first, second] = [await authority.identity(), await authority.identity()];
  const names = [first, second].map(({ label }) => tlsNameOf(label));
  const status = new FakeStatus();
  const certificate = { cert: first.certificate, key: first.key };
  using server = await HttpServer.start(
    { address: ADDRESS, credentials: "users.txt", names, certificate },
    { source: status, administration: status },
  );
  const isWell = (name: string) => isWellOverTls(server.address, name, authority);
  assertEquals([await isWell(names[0]!), await isWell(names[1]!)], [true, false]);
  server.renew({ certificate: { cert: second.certificate, key: second.key } });
  await waitFor("the second certificate", () => isWell(names[1]!));
  assertEquals(await isWell(names[0]!), false);
});

Deno.test("a certificate that is none is refused by name", { ignore: !MAY_USE_DISK }, async () => {
  const status = new FakeStatus();
  const certificate = { cert: "not a certificate", key: "nor a key" };
  const config = { address: ADDRESS, credentials: "users.txt", names: [], certificate };
  const error = await assertRejects(
    () => HttpServer.start(config, { source: status, administration: status }),
    BitTrickleError,
  );
  assertEquals(error.code, "usage");
  assertStringIncludes(error.message, "certificate");
});
