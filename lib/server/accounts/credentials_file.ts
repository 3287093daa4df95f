/**
 * The credentials file: read by the server, changed by its operator, the `user` commands, and users
 * who change their own passwords.
 *
 * @module
 */

import { BitTrickleError, reasonOf } from "../../errors.ts";
import { Accounts } from "../../index/login/accounts.ts";
import { isExample } from "../../index/login/credentials_text.ts";
import { escapeText } from "../../protocol/escape.ts";
import { cannotChange, lockCredentials } from "./credentials_lock.ts";
import { realPathOf } from "../../files/real_path.ts";
import { replaceFile } from "../../files/replace_file.ts";
import { readText } from "../../files/text_file.ts";

/** Users that a warning names. */
const NAMED_USERS = 10;

/**
 * The accounts in the credentials file at `path`.
 *
 * @throws {BitTrickleError} `usage` if it is missing, unreadable or malformed, naming the line
 */
export async function loadAccounts(path: string): Promise<Accounts> {
  const text = await readCredentials(path);
  try {
    return Accounts.parse(text);
  } catch (cause) {
    throw cannotRead(path, reasonOf(cause), cause);
  }
}

/**
 * What to warn of before serving with the credentials file at `path`, if anything.
 *
 * @throws {BitTrickleError} `usage`
 */
export async function credentialsWarning(path: string): Promise<string | undefined> {
  if (!isExample(await readCredentials(path))) return undefined;
  return `"${escapeText(path)}" is the published example, so anybody can log in with its ` +
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
    if (!(cause instanceof Deno.errors.NotFound)) throw cannotRead(path, reasonOf(cause), cause);
    if (mayBegin) return "";
    const advice = "no such file; `user add` and `invite` make it";
    throw cannotRead(path, `${advice}, or name another with --credentials`, cause);
  }
}

/**
 * Replaces the text of the credentials file at `path` by what `edit` makes of it: whole or not at
 * all, with the same mode, and no concurrent change is lost.
 *
 * @param mayBegin As for {@linkcode readCredentials}
 * @param check Throws if what `edit` goes by holds no more; nothing changes until it is through
 * @throws {BitTrickleError} `usage`, `disk`, or of `edit` or `check`
 */
export async function editCredentials(
  path: string,
  edit: (text: string) => string,
  mayBegin = false,
  check: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  using _ = await lockCredentials(path);
  await check();
  const text = edit(await readCredentials(path, mayBegin));
  await replaceAccountFile(path, realPathOf(path), text);
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

function cannotRead(path: string, reason: string, cause: unknown): BitTrickleError {
  const message = `Cannot read the credentials in "${escapeText(path)}": ${escapeText(reason)}`;
  return new BitTrickleError("usage", message, { cause });
}
