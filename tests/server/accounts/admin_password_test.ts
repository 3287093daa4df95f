import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import {
  isAdminPassword,
  readAdminVerifier,
  setAdminPassword,
} from "../../../lib/server/accounts/admin_password.ts";
import { FileAccounts } from "../../../lib/server/accounts/file_accounts.ts";
import { AccountAdministration } from "../../../lib/server/accounts/administration.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const ON_DISK = { ignore: !MAY_USE_DISK } as const;
const ADDRESS = [{ hostname: "index.lan", port: 5_000 }] as const;

Deno.test("the administrator's password is proven, and not kept", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const credentials = folder.pathOf("users.txt");
  assertEquals(await readAdminVerifier(credentials), undefined);
  await setAdminPassword(credentials, "correct-horse");
  const verifier = await readAdminVerifier(credentials);
  assertMatch(verifier!, /^\$argon2id\$v=19\$m=65536,t=3,p=1\$/);
  assert(await isAdminPassword("correct-horse", verifier));
  for (const wrong of ["correct-hors", "correct-horse ", "", "\0"]) {
    assert(!await isAdminPassword(wrong, verifier), wrong);
  }
  await setAdminPassword(credentials, "correct-horse");
  assert(await readAdminVerifier(credentials) !== verifier, "each has a salt of its own");
});

Deno.test("only its owner may read what proves it", {
  ignore: !MAY_USE_DISK || Deno.build.os === "windows",
}, async () => {
  await using folder = await TempFolder.make();
  await setAdminPassword(folder.pathOf("users.txt"), "correct-horse");
  const { mode } = await Deno.stat(folder.pathOf("users.txt.admin"));
  assertEquals(mode! & 0o777, 0o600);
});

Deno.test("a password that is easily guessed is refused", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const set = () => setAdminPassword(folder.pathOf("users.txt"), "short");
  const { code } = await assertRejects(set, BitTrickleError, "it needs 8 characters");
  assertEquals(code, "usage");
  assertEquals(await folder.names(), []);
});

for (
  const text of [
    "",
    "correct-horse",
    "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$cwX6663EU8kVWNdWYGmlYDcGOpwT0p0/J1xW2QSp+5Y",
    "$argon2id$v=19$m=4194304,t=3,p=1$AAAAAAAAAAAAAAAAAAAAAA$cwX6663EU8kVWNdWYGmlYDcGOpwT0p0/J1xW2Q",
  ]
) {
  Deno.test(`a file that holds "${text}" proves nothing`, ON_DISK, async () => {
    await using folder = await TempFolder.make();
    await folder.write("users.txt.admin", text);
    const read = () => readAdminVerifier(folder.pathOf("users.txt"));
    const { code } = await assertRejects(read, BitTrickleError, "set one by `admin passwd`");
    assertEquals(code, "usage");
  });
}

Deno.test("the administration changes the credentials", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const credentials = await folder.write("users.txt", "# a class\nleia secret\nluke secret\n");
  const administration = new AccountAdministration(new FileAccounts(credentials), ADDRESS);
  await administration.disable("leia");
  assertEquals(await administration.users(), [
    { user: "leia", state: "disabled" },
    { user: "luke", state: "enabled" },
  ]);
  await administration.enable("leia");
  await administration.remove("luke");
  assertEquals(await Deno.readTextFile(credentials), "# a class\nleia secret\n");
  assertMatch(await administration.invite("rey", 60), /^bittrickle:\/\/rey@index\.lan:5000\//);
  await assertRejects(() => administration.invite("leia", 60), BitTrickleError, "already there");
  await assertRejects(() => administration.invite("a b", 60), BitTrickleError, "bad name");
  await assertRejects(() => administration.disable("nobody"), BitTrickleError, "There is no user");
});

Deno.test("who does not know how clients call the server invites nobody", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const credentials = await folder.write("users.txt", "leia secret\n");
  const administration = new AccountAdministration(new FileAccounts(credentials), undefined);
  const invite = () => administration.invite("rey", 60);
  const { code } = await assertRejects(invite, BitTrickleError, "--invite-address HOST:PORT");
  assertEquals(code, "usage");
});
