/**
 * `bittrickle-server user …`: who may log in.
 *
 * @module
 */

import {
  type AccountStore,
  editUsers,
  needsOldKey,
  readAll,
} from "../../index/login/account_store.ts";
import { enabledSecret, isOutdated, isRecord, RECORD_PREFIX } from "../../index/login/accounts.ts";
import { addUser, setSecret, usersIn } from "../../index/login/credentials_text.ts";
import { registerPassword } from "../../index/login/login_records.ts";
import { escapeText } from "../../protocol/escape.ts";
import type { UserAction, UserFlags } from "../flags/serve_flags.ts";
import { givenPassword } from "../../cli/password.ts";
import { disableUser, enableUser, removeUserFrom } from "./user_changes.ts";
import { withAccounts } from "./with_accounts.ts";
import { askPassword } from "./ask_password.ts";
import { exportAccounts } from "./user_export.ts";
import { importUsers } from "./user_import.ts";
import { toStderr, toStdout } from "../../cli/write.ts";

const DONE: Readonly<Record<Exclude<UserAction, "list" | "enable" | "import" | "export">, string>> =
  {
    add: "may log in",
    passwd: "has a new password",
    disable: "is out",
    remove: "is removed",
  };

/**
 * Does what `flags` say with the credentials file.
 *
 * @throws {BitTrickleError} `usage`, `not_found`, `exists`, `disk` or `interrupted`
 */
export async function runUserCommand(flags: UserFlags): Promise<void> {
  await withAccounts(flags, (store) => run(flags, store));
}

async function run(flags: UserFlags, store: AccountStore): Promise<void> {
  const { action, user } = flags;
  switch (action) {
    case "list":
      return tellUsers(await store.users());
    case "import":
      return await importUsers(user, store);
    case "export":
      return await exportAccounts(user, store);
    case "add":
      await changeSecret(store, flags, addUser, true);
      break;
    case "passwd":
      await changeSecret(store, flags, setSecret, false);
      break;
    case "enable":
      return await enable(store, user);
    case "disable":
      await disableUser(store, user);
      break;
    case "remove":
      await removeUserFrom(store, user);
  }
  toStderr(`${escapeText(user)} ${DONE[action]}\n`);
}

async function enable(store: AccountStore, user: string): Promise<void> {
  const needsPassword = await enableUser(store, user);
  const name = escapeText(user);
  const condition = needsPassword ? ` after \`bittrickle-server user passwd ${name}\`` : "";
  toStderr(`${name} may log in${condition}\n`);
}

/** Mistakes are reported before the password prompt, and no lock is held while it is typed. */
async function changeSecret(
  store: AccountStore,
  flags: UserFlags,
  edit: (text: string, user: string, secret: string) => string,
  mayBegin: boolean,
): Promise<void> {
  const { user } = flags;
  edit(await store.users(mayBegin), user, "probe");
  const { secret, setup } = await newSecret(store, flags);
  await editUsers(store, (text) => edit(text, user, secret), { mayBegin, setup });
}

function tellUsers(text: string): void {
  const lines = usersIn(text).map(([user, secret]) => {
    const bare = enabledSecret(secret);
    return `${escapeText(user)}  ${kindOf(bare)}${bare === secret ? "" : ", disabled"}\n`;
  });
  toStdout(lines.join(""));
  if (lines.length === 0) toStderr("There are no users; who is invited is one after joining\n");
}

function kindOf(secret: string): string {
  if (isOutdated(secret)) return "outdated, to be set again by `user passwd`";
  return isRecord(secret) ? "sealed" : "password in clear";
}

/** Asks for a password and makes the record that proves it, with the server's key. */
async function newSecret(
  store: AccountStore,
  { user, passwordFile }: UserFlags,
): Promise<{ secret: string; setup: string }> {
  const password = await givenPassword(passwordFile) ?? await askPassword();
  const isKeyNeeded = needsOldKey(await readAll(store), user);
  const setup = await store.loadKey(!isKeyNeeded);
  return { secret: RECORD_PREFIX + registerPassword(setup, user, password, "strong"), setup };
}
