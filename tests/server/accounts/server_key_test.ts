import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { server } from "@serenity-kit/opaque";
import { editUsers } from "../../../lib/index/login/account_store.ts";
import { FileAccounts } from "../../../lib/server/accounts/file_accounts.ts";
import { instanceOf, keyPathFor, loadServerKey } from "../../../lib/server/accounts/server_key.ts";
import { BitTrickleError } from "../../../lib/errors.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };

Deno.test({ name: "the key is kept beside the credentials", permissions: "none" }, () => {
  assertEquals(keyPathFor("/etc/bt/users.txt"), "/etc/bt/users.txt.key");
});

Deno.test({
  name: "instanceOf() tells apart servers of one machine, and those of others if it may ask",
  permissions: "none",
}, () => {
  assertEquals(instanceOf({ hostname: "10.0.0.1", port: 6_000 }), "10.0.0.1:6000");
  assertEquals(instanceOf({ hostname: "::1", port: 6_001 }), "[::1]:6001");
});

Deno.test("instanceOf() names the machine", {
  ignore: (await Deno.permissions.query({ name: "sys", kind: "hostname" })).state !== "granted",
}, () => {
  const instance = instanceOf({ hostname: "0.0.0.0", port: 6_000 });
  assertEquals(instance, `${Deno.hostname()} 0.0.0.0:6000`);
});

Deno.test("loadServerKey() makes a key once and finds it again", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("users.txt");
  const key = await loadServerKey(path, true);
  assertMatch(server.getPublicKey(key), /^[A-Za-z0-9_-]{43}$/);
  assertEquals(await loadServerKey(path, true), key);
  assertEquals(await loadServerKey(path, false), key);
  assert(await loadServerKey(folder.pathOf("other"), true) !== key);
});

Deno.test("loadServerKey() keeps the key to its owner", {
  ignore: !MAY_USE_DISK || Deno.build.os === "windows",
}, async () => {
  await using folder = await TempFolder.make();
  await loadServerKey(folder.pathOf("users.txt"), true);
  assertEquals((await Deno.stat(folder.pathOf("users.txt.key"))).mode! & 0o777, 0o600);
});

Deno.test("loadServerKey() makes no key where records need the old one", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const load = () => loadServerKey(folder.pathOf("users.txt"), false);
  const error = await assertRejects(load, BitTrickleError, "passwords are stored that only it can");
  assertEquals([error.code, await folder.names()], ["usage", []]);
});

for (const content of ["", "no key", "A".repeat(170), "A".repeat(172), `${"A".repeat(170)}+`]) {
  const name = `loadServerKey() refuses ${content.length} characters that are no key`;
  Deno.test(`${name}, and leaves them`, ON_DISK, async () => {
    await using folder = await TempFolder.make();
    const path = await folder.write("users.txt.key", content);
    const load = () => loadServerKey(folder.pathOf("users.txt"), true);
    const error = await assertRejects(load, BitTrickleError, "it does not hold a key");
    assertEquals([error.code, await Deno.readTextFile(path)], ["usage", content]);
  });
}

Deno.test(
  "loadServerKey() says which file is missing, and of none to move away",
  ON_DISK,
  async () => {
    await using folder = await TempFolder.make();
    const load = () => loadServerKey(folder.pathOf("users.txt"), false);
    const { message } = await assertRejects(load, BitTrickleError, 'users.txt.key": it is missing');
    assert(!message.includes("move"), message);
    await folder.write("users.txt.key", "no key");
    await assertRejects(load, BitTrickleError, "move that file away");
  },
);

Deno.test("loadServerKey() tells who makes a key that one is made", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const made: string[] = [];
  const load = () => loadServerKey(folder.pathOf("users.txt"), true, (path) => made.push(path));
  await Promise.all([load(), load(), load()]);
  assertEquals(made, [folder.pathOf("users.txt.key")]);
});

Deno.test("of many that make a key at once one does, and all have it", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = folder.pathOf("users.txt");
  const keys = await Promise.all(Array.from({ length: 20 }, () => loadServerKey(path, true)));
  assertEquals(new Set(keys).size, 1);
  assertEquals(await folder.names(), ["users.txt-lock", "users.txt.key"]);
});

Deno.test("a key that was cut off while it was made is made anew", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  await folder.write("users.txt.key.new", "AAAA");
  await loadServerKey(folder.pathOf("users.txt"), true);
  assertEquals(await folder.names(), ["users.txt-lock", "users.txt.key"]);
});

Deno.test("credentials have one key, whatever links lead to them", {
  ignore: !MAY_USE_DISK || Deno.build.os === "windows",
}, async () => {
  await using folder = await TempFolder.make();
  const path = await folder.write("users.txt", "hans x\n");
  await Deno.symlink(path, folder.pathOf("link.txt"));
  const key = await loadServerKey(folder.pathOf("link.txt"), true);
  assertEquals(await loadServerKey(path, false), key);
});

Deno.test(
  "nothing is kept that was made with a key which a restore has replaced",
  ON_DISK,
  async () => {
    await using folder = await TempFolder.make();
    const path = await folder.write("users.txt", "hans x\n");
    const key = await loadServerKey(path, true);
    const add = () => {
      const edit = (text: string) => `${text}leia made-with-${key}\n`;
      return editUsers(new FileAccounts(path), edit, { setup: key });
    };
    await add();
    const before = await Deno.readTextFile(path);
    await Deno.remove(`${path}.key`);
    await loadServerKey(path, true);
    await assertRejects(add, BitTrickleError, "the server has got another key meanwhile");
    assertEquals(await Deno.readTextFile(path), before);
  },
);
