/**
 * `bittrickle-server user import`: many users at once.
 *
 * @module
 */

import { ready } from "@serenity-kit/opaque";
import { randomBytes } from "node:crypto";
import { toStderr, toStdout } from "../../cli/write.ts";
import { BitTrickleError } from "../../errors.ts";
import {
  type AccountStore,
  editUsers,
  needsOldKey,
  readAll,
} from "../../index/login/account_store.ts";
import { LIGHT_RECORD_PREFIX, RECORD_PREFIX } from "../../index/login/accounts.ts";
import { addUser, assertNewName } from "../../index/login/credentials_text.ts";
import { registerPassword } from "../../index/login/login_records.ts";
import { escapeText } from "../../protocol/escape.ts";
import { credentialFault } from "../../protocol/names.ts";
import { type NamedLine, readNames } from "./name_list.ts";
import { makeRecords } from "./record_workers.ts";

/** Letters and digits of generated passwords: none that look alike, five bits each. */
const ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";
/** Groups of a generated password, of {@linkcode GROUP} characters: 140 random bits. */
const GROUPS = 7;
const GROUP = 4;
/** How often to tell how far it is, in records. */
const TOLD_EVERY = 100;

/** A user to be added. */
interface NewUser {
  readonly name: string;
  readonly password: string;
  readonly isGenerated: boolean;
}

/**
 * Adds the users in the file at `path`, all or none: those without a password get a generated one,
 * which is written to standard output.
 *
 * @throws {BitTrickleError} `usage`, naming the line, `exists` or `disk`
 */
export async function importUsers(path: string, store: AccountStore): Promise<void> {
  const lines = await readNames(path, true);
  const stored = await readAll(store);
  for (const line of lines) checkLine(stored.users, line, path);
  const users = lines.map(({ name, rest }): NewUser => {
    return { name, password: rest ?? generatePassword(), isGenerated: rest === undefined };
  });
  await ready;
  const setup = await store.loadKey(!needsOldKey(stored));
  const secrets = await secretsOf(users, setup);
  const addAll = (text: string) => {
    return users.reduce((text, { name }, i) => addUser(text, name, secrets[i]!), text);
  };
  await editUsers(store, addAll, { mayBegin: true, setup });
  const generated = users.filter(({ isGenerated }) => isGenerated);
  toStdout(generated.map(({ name, password }) => `${escapeText(name)} ${password}\n`).join(""));
  toStderr(users.length === 1 ? "1 user may log in\n" : `${users.length} users may log in\n`);
}

/** Passwords that people choose are stretched, which takes long; generated ones need not be. */
async function secretsOf(users: readonly NewUser[], setup: string): Promise<string[]> {
  const chosen = users.filter(({ isGenerated }) => !isGenerated);
  const requests = chosen.map(({ name, password }) => ({ setup, user: name, password }));
  const records = await makeRecords(requests, (count) => {
    if (count % TOLD_EVERY === 0) toStderr(`${count} of ${requests.length} passwords stretched\n`);
  });
  return users.map(({ name, password, isGenerated }) => {
    return isGenerated
      ? LIGHT_RECORD_PREFIX + registerPassword(setup, name, password, "light")
      : RECORD_PREFIX + records.shift()!;
  });
}

/** Says what is wrong before anything is computed; a password is never shown. */
function checkLine(text: string, { name, rest, number }: NamedLine, path: string): void {
  const where = `Nothing was imported: line ${number} of "${escapeText(path)}"`;
  const fault = rest === undefined ? undefined : credentialFault(rest);
  if (fault) throw new BitTrickleError("usage", `${where}: bad password: ${fault}`);
  try {
    assertNewName(text, name);
  } catch (error) {
    const { code, message } = error as BitTrickleError;
    throw new BitTrickleError(code, `${where}: ${message}`);
  }
}

function generatePassword(): string {
  const characters = [...randomBytes(GROUPS * GROUP)].map((byte) => ALPHABET[byte % 32]!);
  const groups = Array.from({ length: GROUPS }, (_, i) => {
    return characters.slice(i * GROUP, (i + 1) * GROUP).join("");
  });
  return groups.join("-");
}
