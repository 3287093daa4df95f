import { assert, assertEquals, assertRejects } from "@std/assert";
import { editUsers } from "../../../lib/index/login/account_store.ts";
import { FileAccounts } from "../../../lib/server/accounts/file_accounts.ts";
import { loadAccounts, readCredentials } from "../../../lib/server/accounts/credentials_file.ts";
import { BitTrickleError } from "../../../lib/errors.ts";
import { addUser, setDisabled } from "../../../lib/index/login/credentials_text.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { CAN_MOUNT, TinyDisk } from "../../support/tiny_disk.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const HAS_MODES = { ignore: !MAY_USE_DISK || Deno.build.os === "windows" };

Deno.test("loadAccounts() reads the users of a file", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = await folder.write("credentials.txt", "# us\nhans pw-hans\nvader disabled:x\n");
  assertEquals((await loadAccounts(new FileAccounts(path))).users, ["hans"]);
});

const UNUSABLE: readonly (readonly [what: string, content: Uint8Array | string, reason: string])[] =
  [
    ["holds nobody", "\n", "no line holds a user"],
    ["has a bad line", "hans x\nvader\n", "line 2: expected a user name"],
    ["is not UTF-8", Uint8Array.of(0x68, 0x20, 0xff), "it is not UTF-8 text"],
  ];

for (const [what, content, reason] of UNUSABLE) {
  Deno.test(`loadAccounts() names a file that ${what}`, ON_DISK, async () => {
    await using folder = await TempFolder.make();
    const path = await folder.write("credentials.txt", content);
    const error = await assertRejects(
      () => loadAccounts(new FileAccounts(path)),
      BitTrickleError,
      reason,
    );
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

const WRITTEN: readonly (readonly [how: string, content: Uint8Array | string])[] = [
  ["with a byte order mark", "\ufeffhans pw\nvader pw\n"],
  ["with the line ends of Windows", "hans pw\r\nvader pw\r\n"],
  ["in UTF-16, little end first", utf16("\ufeffhans pw\r\nvader pw\r\n", true)],
  ["in UTF-16, big end first", utf16("\ufeffhans pw\nvader pw\n", false)],
];

for (const [how, content] of WRITTEN) {
  Deno.test(`credentials may be written ${how}`, ON_DISK, async () => {
    await using folder = await TempFolder.make();
    const path = await folder.write("credentials.txt", content);
    assertEquals((await loadAccounts(new FileAccounts(path))).users, ["hans", "vader"]);
    await editUsers(new FileAccounts(path), (text) => setDisabled(text, "hans", true));
    assertEquals((await loadAccounts(new FileAccounts(path))).users, ["vader"]);
  });
}

for (const mode of [0o600, 0o640, 0o664]) {
  Deno.test(`editUsers() keeps the mode ${mode.toString(8)}`, HAS_MODES, async () => {
    await using folder = await TempFolder.make();
    const path = await folder.write("credentials.txt", "hans x\n");
    await Deno.chmod(path, mode);
    await editUsers(new FileAccounts(path), (text) => text.replace("x", "y"));
    assertEquals(await readCredentials(path), "hans y\n");
    assertEquals((await Deno.stat(path)).mode! & 0o777, mode);
    assertEquals(await folder.names(), ["credentials.txt", "credentials.txt-lock"]);
  });
}

Deno.test("editUsers() writes to where a link points", HAS_MODES, async () => {
  await using folder = await TempFolder.make();
  const target = await folder.write("real.txt", "hans x\n");
  const link = folder.pathOf("credentials.txt");
  await Deno.symlink(target, link);
  await editUsers(new FileAccounts(link), () => "hans y\n");
  assertEquals(await Deno.readTextFile(target), "hans y\n");
  assert((await Deno.lstat(link)).isSymlink);
  assertEquals(await folder.names(), ["credentials.txt", "real.txt", "real.txt-lock"]);
});

Deno.test("editUsers() makes the file to which a link points", HAS_MODES, async () => {
  await using folder = await TempFolder.make();
  const link = folder.pathOf("credentials.txt");
  await Deno.symlink("real.txt", link);
  await editUsers(new FileAccounts(link), (text) => `${text}hans y\n`, { mayBegin: true });
  assertEquals(await Deno.readTextFile(folder.pathOf("real.txt")), "hans y\n");
  assert((await Deno.lstat(link)).isSymlink);
});

Deno.test("what a change that was cut off has left is in nobody's way", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = await folder.write("credentials.txt", "hans x\n");
  await folder.write("credentials.txt.new", "hans half");
  await editUsers(new FileAccounts(path), () => "hans y\n");
  assertEquals(await readCredentials(path), "hans y\n");
  assertEquals(await folder.names(), ["credentials.txt", "credentials.txt-lock"]);
});

Deno.test("no change is lost, however many there are at once", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("credentials.txt");
  const users = Array.from({ length: 20 }, (_, i) => `user${i}`);
  await Promise.all(users.map((user) => {
    return editUsers(new FileAccounts(path), (text) => addUser(text, user, "pw"), {
      mayBegin: true,
    });
  }));
  assertEquals((await loadAccounts(new FileAccounts(path))).users.toSorted(), users.toSorted());
});

Deno.test("a change that cannot be made changes nothing, and is said", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = await folder.write("credentials.txt", "hans x\n");
  await folder.makeFolder("credentials.txt.new");
  await folder.write("credentials.txt.new/in-the-way", "");
  const error = await assertRejects(
    () => editUsers(new FileAccounts(path), () => ""),
    BitTrickleError,
  );
  assertEquals([error.code, await readCredentials(path)], ["disk", "hans x\n"]);
  assert(error.message.startsWith(`Cannot change the credentials in "${path}": `));
});

Deno.test("on a full disk the credentials stay as they were", { ignore: !CAN_MOUNT }, async () => {
  await using folder = await TempFolder.make();
  await using disk = await TinyDisk.mount(await folder.makeFolder("disk"), "size=64k");
  const path = `${disk.path}/credentials.txt`;
  await Deno.writeTextFile(path, "hans x\n");
  const edit = () => editUsers(new FileAccounts(path), (text) => text + "vader y\n".repeat(10_000));
  const error = await assertRejects(edit, BitTrickleError, "the disk is full");
  assertEquals([error.code, await readCredentials(path)], ["disk", "hans x\n"]);
  await editUsers(new FileAccounts(path), (text) => `${text}vader y\n`);
  assertEquals(await readCredentials(path), "hans x\nvader y\n");
});

Deno.test("editUsers() makes no file that was not there unless told", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const edit = () => editUsers(new FileAccounts(folder.pathOf("none.txt")), () => "hans y\n");
  const error = await assertRejects(edit, BitTrickleError, "no such file");
  assertEquals([error.code, await folder.names()], ["usage", ["none.txt-lock"]]);
});

Deno.test("a folder that is not there is said so", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("none/credentials.txt");
  const edit = () => editUsers(new FileAccounts(path), () => "hans y\n", { mayBegin: true });
  const error = await assertRejects(edit, BitTrickleError, "no such file or folder");
  assertEquals(error.code, "disk");
});

function utf16(text: string, isLittleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(2 * text.length));
  for (let i = 0; i < text.length; i++) {
    view.setUint16(2 * i, text.charCodeAt(i), isLittleEndian);
  }
  return new Uint8Array(view.buffer);
}
