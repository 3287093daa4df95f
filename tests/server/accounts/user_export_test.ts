import { assertEquals } from "@std/assert";
import { FileAccounts } from "../../../lib/server/accounts/file_accounts.ts";
import { AccountKeeper } from "../../../lib/server/accounts/account_keeper.ts";
import { invitationTime } from "../../../lib/server/accounts/account_files.ts";
import { exportAccounts } from "../../../lib/server/accounts/user_export.ts";
import { usersIn } from "../../../lib/index/login/credentials_text.ts";
import type { StoredInvitation } from "../../../lib/index/login/invitations.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const INVITATION: StoredInvitation = {
  ...{ name: "invitation:AAECAwQFBgcICQoL", user: "leia", state: "open" },
  ...{ expires: invitationTime() + 1_000, record: "B".repeat(256) },
};

/** Accounts that change when they have been read once. */
class ChangingAccounts extends FileAccounts {
  #change: (() => Promise<void>) | undefined;

  constructor(path: string, change: () => Promise<void>) {
    super(path);
    this.#change = change;
  }

  override async users(mayBegin = false): Promise<string> {
    return await this.#thenChange(super.users(mayBegin));
  }

  override async invitations(): Promise<readonly StoredInvitation[]> {
    return await this.#thenChange(super.invitations());
  }

  async #thenChange<T>(reading: Promise<T>): Promise<T> {
    const read = await reading;
    const change = this.#change;
    this.#change = undefined;
    await change?.();
    return read;
  }
}

Deno.test("who joins while accounts are exported is in them, or may still join", {
  ignore: !MAY_USE_DISK,
}, async () => {
  await using folder = await TempFolder.make();
  const path = await folder.write("credentials.txt", "hans pw-hans\n");
  const files = new FileAccounts(path);
  await files.loadKey(true);
  await files.edit(({ users }) => ({ users, invitations: [INVITATION] }));
  const keeper = new AccountKeeper(files, { onChange: () => {}, onFault: () => {} });
  const secret = `opaque:2:${"A".repeat(256)}`;
  const changing = new ChangingAccounts(path, () => keeper.join(INVITATION.name, secret));
  const target = folder.pathOf("exported.txt");
  await exportAccounts(target, changing);
  const exported = new FileAccounts(target);
  const users = usersIn(await exported.users()).map(([user]) => user);
  const open = (await exported.invitations()).filter(({ state }) => state === "open");
  assertEquals([users, open.length], [["hans", "leia"], 1], "which lets nobody in who is a user");
});
