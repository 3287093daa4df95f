import { assert, assertEquals, assertRejects } from "@std/assert";
import { loadAccounts, readCredentials, writeCredentials } from "../../lib/cli/credentials_file.ts";
import { BitTrickleError } from "../../lib/errors.ts";
import { MAY_USE_DISK } from "../support/permission.ts";
import { TempFolder } from "../support/temp_folder.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const HAS_MODES = { ignore: !MAY_USE_DISK || Deno.build.os === "windows" };

Deno.test("loadAccounts() reads the users of a file", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = await folder.write("credentials.txt", "# us\nhans pw-hans\nvader disabled:x\n");
  assertEquals((await loadAccounts(path)).users, ["hans"]);
});

const UNUSABLE: readonly (readonly [what: string, content: Uint8Array | string, reason: string])[] =
  [
    ["holds nobody", "# nobody\n", "no line holds a user"],
    ["has a bad line", "hans x\nvader\n", "line 2: expected a user name"],
    ["is not UTF-8", Uint8Array.of(0x68, 0x20, 0xff), "it is not UTF-8 text"],
  ];

for (const [what, content, reason] of UNUSABLE) {
  Deno.test(`loadAccounts() names a file that ${what}`, ON_DISK, async () => {
    await using folder = await TempFolder.make();
    const path = await folder.write("credentials.txt", content);
    const error = await assertRejects(() => loadAccounts(path), BitTrickleError, reason);
    assertEquals(error.code, "usage");
    assert(error.message.startsWith(`Cannot read the credentials in "${path}": `));
  });
}

Deno.test("readCredentials() says what to do about a missing file", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("none\x1b.txt");
  const error = await assertRejects(() => readCredentials(path), BitTrickleError, "no such file");
  assertEquals(error.code, "usage");
  assert(!error.message.includes("\x1b"));
});

for (const mode of [0o600, 0o640, 0o664]) {
  Deno.test(`writeCredentials() keeps the mode ${mode.toString(8)}`, HAS_MODES, async () => {
    await using folder = await TempFolder.make();
    const path = await folder.write("credentials.txt", "hans x\n");
    await Deno.chmod(path, mode);
    await writeCredentials(path, "hans y\n");
    assertEquals(await readCredentials(path), "hans y\n");
    assertEquals((await Deno.stat(path)).mode! & 0o777, mode);
    assertEquals(await folder.names(), ["credentials.txt"]);
  });
}

Deno.test("writeCredentials() writes to where a link points", HAS_MODES, async () => {
  await using folder = await TempFolder.make();
  const target = await folder.write("real.txt", "hans x\n");
  const link = folder.pathOf("credentials.txt");
  await Deno.symlink(target, link);
  await writeCredentials(link, "hans y\n");
  assertEquals(await Deno.readTextFile(target), "hans y\n");
  assert((await Deno.lstat(link)).isSymlink);
});

Deno.test("writeCredentials() gives way to a change that still runs", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = await folder.write("credentials.txt", "hans x\n");
  await folder.write("credentials.txt.new", "hans half");
  const error = await assertRejects(() => writeCredentials(path, "hans y\n"), BitTrickleError);
  assertEquals(error.code, "disk");
  assert(error.message.includes("from a change that still runs or was cut off"));
  assertEquals(await readCredentials(path), "hans x\n");
  assertEquals(await Deno.readTextFile(folder.pathOf("credentials.txt.new")), "hans half");
});

Deno.test("writeCredentials() makes no file that was not there", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("none.txt");
  const error = await assertRejects(() => writeCredentials(path, "hans y\n"), BitTrickleError);
  assertEquals([error.code, await folder.names()], ["disk", []]);
});
