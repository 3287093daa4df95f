/**
 * `bittrickle-server user …`: who may log in.
 *
 * @module
 */

import { enabledSecret, isOutdated, isRecord, RECORD_PREFIX } from "../../index/login/accounts.ts";
import { addUser, setSecret, usersIn } from "../../index/login/credentials_text.ts";
import { registerPassword } from "../../index/login/login_records.ts";
import { escapeText } from "../../protocol/escape.ts";
import { needsOldKey } from "./account_files.ts";
import { editCredentials, readCredentials } from "./credentials_file.ts";
import type { UserAction, UserFlags } from "../flags/serve_flags.ts";
import { givenPassword } from "../../cli/password.ts";
import { disableUser, enableUser, removeUserFrom } from "./user_changes.ts";
import { askPassword } from "./ask_password.ts";
import { assertSameKey, loadServerKey } from "./server_key.ts";
import { importUsers } from "./user_import.ts";
import { toStderr, toStdout } from "../../cli/write.ts";

const DONE: Readonly<Record<Exclude<UserAction, "list" | "enable" | "import">, string>> = {
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
  const { action, user, credentials } = flags;
  switch (action) {
    case "list":
      return toStdout(listUsers(await readCredentials(credentials)));
    case "import":
      return await importUsers(user, credentials);
    case "add":
      await changeSecret(flags, addUser, true);
      break;
    case "passwd":
      await changeSecret(flags, setSecret, false);
      break;
    case "enable":
      return await enable(flags);
    case "disable":
      await disableUser(credentials, user);
      break;
    case "remove":
      await removeUserFrom(credentials, user);
  }
  toStderr(`${escapeText(user)} ${DONE[action]}\n`);
}

async function enable({ user, credentials }: UserFlags): Promise<void> {
  const needsPassword = await enableUser(credentials, user);
  const name = escapeText(user);
  const condition = needsPassword ? ` after \`bittrickle-server user passwd ${name}\`` : "";
  toStderr(`${name} may log in${condition}\n`);
}

/** Mistakes are reported before the password prompt, and no lock is held while it is typed. */
async function changeSecret(
  flags: UserFlags,
  edit: (text: string, user: string, secret: string) => string,
  mayBegin: boolean,
): Promise<void> {
  const { user, credentials } = flags;
  const text = await readCredentials(credentials, mayBegin);
  edit(text, user, "probe");
  const { secret, setup } = await newSecret(flags, text);
  const check = () => assertSameKey(credentials, setup);
  await editCredentials(credentials, (text) => edit(text, user, secret), mayBegin, check);
}

function listUsers(text: string): string {
  return usersIn(text).map(([user, secret]) => {
    const bare = enabledSecret(secret);
    return `${escapeText(user)}  ${kindOf(bare)}${bare === secret ? "" : ", disabled"}\n`;
  }).join("");
}

function kindOf(secret: string): string {
  if (isOutdated(secret)) return "outdated, to be set again by `user passwd`";
  return isRecord(secret) ? "sealed" : "password in clear";
}

/** Asks for a password and makes the record that proves it, with the server's key. */
async function newSecret(
  { user, credentials, passwordFile }: UserFlags,
  text: string,
): Promise<{ secret: string; setup: string }> {
  const password = await givenPassword(passwordFile) ?? await askPassword();
  const isKeyNeeded = await needsOldKey(credentials, text, user);
  const setup = await loadServerKey(credentials, !isKeyNeeded);
  return { secret: RECORD_PREFIX + registerPassword(setup, user, password, "strong"), setup };
}
