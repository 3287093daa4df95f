import { assert, assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import type { Accounts } from "../../../lib/index/login/accounts.ts";
import { addUser } from "../../../lib/index/login/credentials_text.ts";
import type { Invitations, StoredInvitation } from "../../../lib/index/login/invitations.ts";
import { FileAccounts } from "../../../lib/server/accounts/file_accounts.ts";
import { AccountKeeper } from "../../../lib/server/accounts/account_keeper.ts";
import {
  editAccounts,
  invitationTime,
  loadInvitations,
} from "../../../lib/server/accounts/account_files.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { waitFor } from "../../support/wait_for.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const NAME = "invitation:AAECAwQFBgcICQoL";
const SECRET = `opaque:2:${"A".repeat(256)}`;

function invitationFor(user: string, more: Partial<StoredInvitation> = {}): StoredInvitation {
  const expires = invitationTime() + 1_000;
  return { name: NAME, user, expires, state: "open", record: "B".repeat(256), ...more };
}

/** Credentials with hans, and an invitation for `invited`. */
async function prepare(folder: TempFolder, invited = invitationFor("leia")): Promise<string> {
  const path = await folder.write("credentials.txt", "hans pw-hans\n");
  await editAccounts(path, ({ users }) => ({ users, invitations: [invited] }));
  return path;
}

async function statesIn(path: string): Promise<string[]> {
  return (await loadInvitations(path)).map(({ state }) => state);
}

/** Keeps accounts, and what was heard of them last. */
class Kept {
  accounts: Accounts | undefined;
  invitations: Invitations | undefined;
  readonly faults: string[] = [];
  readonly keeper: AccountKeeper;

  constructor(path: string) {
    this.keeper = new AccountKeeper(new FileAccounts(path), {
      onChange: (accounts, invitations) => {
        [this.accounts, this.invitations] = [accounts, invitations];
      },
      onFault: ({ message }) => void this.faults.push(message),
    });
  }
}

async function refusal(run: () => Promise<unknown>): Promise<BitTrickleError> {
  return await assertRejects(run, BitTrickleError);
}

Deno.test(
  "invitations are for their owner's eyes, beside the credentials",
  { ignore: !MAY_USE_DISK || Deno.build.os === "windows" },
  async () => {
    await using folder = await TempFolder.make();
    const path = await prepare(folder);
    assertEquals((await Deno.stat(`${path}.invitations`)).mode! & 0o777, 0o600);
    assertEquals(await folder.names(), [
      "credentials.txt",
      "credentials.txt-lock",
      "credentials.txt.invitations",
    ]);
  },
);

Deno.test(
  "join() adds the user, uses the invitation up, and says so at once",
  ON_DISK,
  async () => {
    await using folder = await TempFolder.make();
    const path = await prepare(folder);
    const kept = new Kept(path);
    await kept.keeper.join(NAME, SECRET);
    assertEquals(await Deno.readTextFile(path), `hans pw-hans\nleia ${SECRET}\n`);
    assertEquals(await statesIn(path), ["used"]);
    assertEquals([kept.accounts?.users, kept.invitations?.get(NAME)?.state], [
      ["hans", "leia"],
      "used",
    ]);
  },
);

Deno.test("of many who use an invitation at once, one joins", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = await prepare(folder);
  const { keeper } = new Kept(path);
  const outcomes = await Promise.allSettled(
    Array.from({ length: 8 }, () => keeper.join(NAME, SECRET)),
  );
  assertEquals(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
  assertEquals(await Deno.readTextFile(path), `hans pw-hans\nleia ${SECRET}\n`);
});

const CLOSED: readonly (readonly [what: string, it: StoredInvitation, reason: string])[] = [
  ["used", invitationFor("leia", { state: "used" }), "used already"],
  ["revoked", invitationFor("leia", { state: "revoked" }), "was revoked"],
  ["expired", invitationFor("leia", { expires: invitationTime() - 1 }), "has expired"],
  ["for a user who exists", invitationFor("hans"), "used already"],
  ["not known", invitationFor("leia", { name: "invitation:BBECAwQFBgcICQoL" }), "is not known"],
];

for (const [what, it, reason] of CLOSED) {
  Deno.test(`join() refuses an invitation that is ${what}`, ON_DISK, async () => {
    await using folder = await TempFolder.make();
    const path = await prepare(folder, it);
    const kept = new Kept(path);
    const error = await refusal(() => kept.keeper.join(NAME, SECRET));
    assert(error.code === "refused" && error.message.includes(reason), error.message);
    assertEquals([await Deno.readTextFile(path), kept.faults], ["hans pw-hans\n", []]);
  });
}

Deno.test(
  "an invitation whose mark a crash has lost is used up all the same",
  ON_DISK,
  async () => {
    await using folder = await TempFolder.make();
    const path = await prepare(folder);
    await Deno.writeTextFile(path, `hans pw-hans\nleia ${SECRET}\n`);
    const error = await refusal(() => new Kept(path).keeper.join(NAME, SECRET));
    assertEquals(error.code, "refused");
    await editAccounts(path, (files) => ({ ...files, users: "hans pw-hans\n" }));
    assertEquals(await statesIn(path), ["used"], "nor does it work once the user is removed");
  },
);

Deno.test("a mark that cannot be written undoes no joining", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = await prepare(folder);
  await folder.makeFolder("credentials.txt.invitations.new");
  await folder.write("credentials.txt.invitations.new/in-the-way", "");
  const kept = new Kept(path);
  await kept.keeper.join(NAME, SECRET);
  assertEquals(kept.accounts?.users, ["hans", "leia"]);
  assertEquals((await refusal(() => kept.keeper.join(NAME, SECRET))).code, "disk");
});

Deno.test("a disk that refuses leaves both files as they were, and is told", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = await prepare(folder);
  await folder.makeFolder("credentials.txt.new");
  await folder.write("credentials.txt.new/in-the-way", "");
  const kept = new Kept(path);
  assertEquals((await refusal(() => kept.keeper.join(NAME, SECRET))).code, "disk");
  assertEquals([await Deno.readTextFile(path), await statesIn(path)], ["hans pw-hans\n", ["open"]]);
  assert(kept.faults[0]?.startsWith("Cannot change the credentials in"));
});

Deno.test("replace() changes what it was told of, and nothing else", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const path = await prepare(folder);
  const kept = new Kept(path);
  await kept.keeper.replace("hans", "pw-hans", SECRET);
  assertEquals(kept.accounts?.secretOf("hans"), SECRET);
  const error = await refusal(() => kept.keeper.replace("hans", "pw-hans", "x"));
  assertEquals([error.code, await Deno.readTextFile(path)], ["refused", `hans ${SECRET}\n`]);
});

Deno.test(
  "a running server takes in invitations, and keeps what it had of a bad file",
  ON_DISK,
  async () => {
    await using folder = await TempFolder.make();
    const path = await prepare(folder);
    const kept = new Kept(path);
    const stopping = new AbortController();
    const watching = kept.keeper.watch(stopping.signal);
    const more = invitationFor("luke", { name: "invitation:BBECAwQFBgcICQoL" });
    await editAccounts(path, ({ users, invitations }) => {
      return { users: addUser(users, "yoda", "pw"), invitations: [...invitations, more] };
    });
    await waitFor("the invitation", () => kept.invitations?.get(more.name) !== undefined);
    await Deno.writeTextFile(`${path}.invitations`, "nonsense\n");
    await waitFor("the fault", () => kept.faults.length > 0);
    assert(kept.faults[0]!.includes("line 1: not an invitation"));
    assertEquals(kept.invitations?.size, 2);
    stopping.abort();
    await watching;
  },
);
