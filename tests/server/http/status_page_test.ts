import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { readHttpConfig } from "../../../lib/server/http/status_page.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const DISK = { ignore: !MAY_USE_DISK } as const;
const FLAGS = { address: { hostname: "0.0.0.0", port: 80 }, names: [] };

for (
  const token of ["0123456789abcdef0123456789abcdef", "Zm9vYmFyYmF6cXV4Zm9vYm", "A1_-".repeat(11)]
) {
  Deno.test(`the access token ${token} may be used`, DISK, async () => {
    await using folder = await TempFolder.make();
    const tokenFile = await folder.write("token.txt", `${token}\n`);
    assertEquals((await readHttpConfig({ ...FLAGS, tokenFile }, "users.txt")).token, token);
  });
}

for (
  const token of ["", "secret", "0123456789abcdef0123456789abcde", "correct horse battery staple"]
) {
  Deno.test(`the access token "${token}" is too easy`, DISK, async () => {
    await using folder = await TempFolder.make();
    const tokenFile = await folder.write("token.txt", token);
    const error = await assertRejects(
      () => readHttpConfig({ ...FLAGS, tokenFile }, "users.txt"),
      BitTrickleError,
    );
    assertEquals(error.code, "usage");
    assertStringIncludes(error.message, "openssl rand -hex 32");
  });
}

Deno.test("a file that is not there is named", DISK, async () => {
  const tls = { cert: "/nowhere/cert.pem", key: "/nowhere/key.pem" };
  await assertRejects(
    () => readHttpConfig({ ...FLAGS, tls }, "users.txt"),
    BitTrickleError,
    '"/nowhere/cert.pem"',
  );
});
