/**
 * `bittrickle-server user …`: who may log in.
 *
 * @module
 */

import { BitTrickleError } from "../errors.ts";
import { DISABLED_PREFIX, OPAQUE_PREFIX } from "../index/accounts.ts";
import { addUser, setDisabled, setSecret, usersIn } from "../index/credentials_text.ts";
import { registerPassword } from "../index/login_records.ts";
import { escapeText } from "../protocol/escape.ts";
import { credentialFault } from "../protocol/names.ts";
import { readCredentials, writeCredentials } from "./credentials_file.ts";
import type { UserFlags } from "./flags.ts";
import { onInterrupt } from "./interrupt.ts";
import { readPasswordFile } from "./login.ts";
import { keyPathFor, loadServerKey } from "./server_key.ts";
import { Terminal } from "./terminal.ts";
import { toStderr, toStdout } from "./write.ts";

/**
 * Does what `flags` say with the credentials file.
 *
 * @throws {BitTrickleError} `usage`, `not_found`, `exists`, `disk` or `interrupted`
 */
export async function runUserCommand(flags: UserFlags): Promise<void> {
  const { action, user, credentials } = flags;
  const text = await readOrBegin(credentials, action === "add");
  switch (action) {
    case "list":
      return toStdout(listUsers(text));
    case "add":
      addUser(text, user, "probe");
      await change(flags, addUser);
      return toStderr(`${escapeText(user)} may log in\n`);
    case "passwd":
      setSecret(text, user, "probe");
      await change(flags, setSecret);
      return toStderr(`${escapeText(user)} has a new password\n`);
    case "disable":
    case "enable":
      await writeCredentials(credentials, setDisabled(text, user, action === "disable"));
      return toStderr(`${escapeText(user)} ${action === "disable" ? "is out" : "may log in"}\n`);
  }
}

/** Reads the file again after the password is known: somebody else may have changed it meanwhile. */
async function change(
  flags: UserFlags,
  edit: (text: string, user: string, secret: string) => string,
): Promise<void> {
  const secret = await newSecret(flags);
  const text = await readCredentials(flags.credentials);
  await writeCredentials(flags.credentials, edit(text, flags.user, secret));
}

async function readOrBegin(path: string, mayBegin: boolean): Promise<string> {
  const exists = await Deno.stat(path).then(() => true, () => false);
  if (!exists && mayBegin) await Deno.writeTextFile(path, "", { createNew: true, mode: 0o600 });
  return await readCredentials(path);
}

function listUsers(text: string): string {
  return usersIn(text).map(([user, secret]) => {
    const bare = secret.replace(DISABLED_PREFIX, "");
    const kind = bare.startsWith(OPAQUE_PREFIX) ? "sealed" : "password in clear";
    return `${escapeText(user)}  ${kind}${bare === secret ? "" : ", disabled"}\n`;
  }).join("");
}

/** Asks for a password and makes the record that proves it. */
async function newSecret({ user, credentials, passwordFile }: UserFlags): Promise<string> {
  const password = passwordFile === undefined
    ? Deno.env.get("BITTRICKLE_PASSWORD") || await askTwice()
    : await readPasswordFile(passwordFile);
  const fault = credentialFault(password);
  if (fault) throw new BitTrickleError("usage", `Cannot set the password: ${fault}`);
  const setup = await loadServerKey(keyPathFor(credentials), true);
  return OPAQUE_PREFIX + registerPassword(setup, user, password, "strong");
}

/** On a terminal a typing mistake would lock the user out, so there the password is asked twice. */
async function askTwice(): Promise<string> {
  using terminal = new Terminal({ onInterrupt: () => terminal.close() });
  using _ = onInterrupt(() => terminal.close());
  const password = await terminal.ask("New password: ", { hidden: true, remembered: false });
  if (!Deno.stdin.isTerminal() && password !== undefined) return password;
  const again = await terminal.ask("The same again: ", { hidden: true, remembered: false });
  if (password === undefined || again === undefined) {
    throw new BitTrickleError("interrupted", "Nothing was changed");
  }
  if (password !== again) {
    throw new BitTrickleError("usage", "The passwords differ: nothing changed");
  }
  return password;
}
