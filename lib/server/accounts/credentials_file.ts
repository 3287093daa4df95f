/**
 * The credentials file: read by the server, changed by its operator, the `user` commands, and users
 * who change their own passwords.
 *
 * @module
 */

import { BitTrickleError, reasonOf } from "../../errors.ts";
import type { AccountStore } from "../../index/login/account_store.ts";
import { Accounts } from "../../index/login/accounts.ts";
import { isExample } from "../../index/login/credentials_text.ts";
import { escapeText } from "../../protocol/escape.ts";
import { cannotChange } from "./credentials_lock.ts";
import { replaceFile } from "../../files/replace_file.ts";
import { readText } from "../../files/text_file.ts";

/** Users that a warning names. */
const NAMED_USERS = 10;

/**
 * The accounts in `store`.
 *
 * @throws {BitTrickleError} `usage` if they are missing, unreadable or malformed, naming the line
 */
export async function loadAccounts(store: AccountStore): Promise<Accounts> {
  const text = await store.users();
  try {
    return Accounts.parse(text);
  } catch (cause) {
    throw cannotRead(store.name, reasonOf(cause), cause);
  }
}

/**
 * What to warn of before serving with the credentials in `store`, if anything.
 *
 * @throws {BitTrickleError} `usage`
 */
export async function credentialsWarning(store: AccountStore): Promise<string | undefined> {
  if (!isExample(await store.users())) return undefined;
  return `${store.name} is the published example, so anybody can log in with its ` +
    `passwords: replace its users, and then remove its first line`;
}

/** What to tell the operator about users who have to get a new password, if there are any. */
export function outdatedWarning({ outdated }: Accounts): string | undefined {
  const [first] = outdated;
  if (first === undefined) return undefined;
  const named = outdated.slice(0, NAMED_USERS).map(escapeText).join(", ");
  const others = outdated.length > NAMED_USERS ? ` and ${outdated.length - NAMED_USERS} more` : "";
  return `the passwords of ${named}${others} were stored by an older version and no longer work: ` +
    `set them again with \`bittrickle-server user passwd ${escapeText(first)}\``;
}

/**
 * The text of the credentials file at `path`.
 *
 * @param mayBegin Whether a file that is not there is as good as an empty one. @default {false}
 * @throws {BitTrickleError} `usage`
 */
export async function readCredentials(path: string, mayBegin = false): Promise<string> {
  try {
    return await readText(path);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) {
      throw cannotRead(nameOf(path), reasonOf(cause), cause);
    }
    if (mayBegin) return "";
    const advice = "no such file; `user add` and `invite` make it";
    throw cannotRead(nameOf(path), `${advice}, or name another with --credentials`, cause);
  }
}

/**
 * Replaces the file at `path`, these credentials or one beside them, by `text`. They are locked.
 *
 * @throws {BitTrickleError} `disk`
 */
export async function replaceAccountFile(
  credentials: string,
  path: Promise<string>,
  text: string,
): Promise<void> {
  try {
    await replaceFile(await path, text);
  } catch (cause) {
    throw cannotChange(credentials, reasonOf(cause), cause);
  }
}

function nameOf(path: string): string {
  return `"${escapeText(path)}"`;
}

function cannotRead(name: string, reason: string, cause: unknown): BitTrickleError {
  const message = `Cannot read the credentials in ${name}: ${escapeText(reason)}`;
  return new BitTrickleError("usage", message, { cause });
}
