/**
 * Reading the credentials file. Nothing here ever writes it.
 *
 * @module
 */

import { BitTrickleError, reasonOf } from "../errors.ts";
import { Accounts } from "../index/accounts.ts";
import { escapeText } from "../protocol/escape.ts";

/**
 * The accounts in the credentials file at `path`.
 *
 * @throws {BitTrickleError} `usage` if it is missing, unreadable or malformed, naming the line
 */
export async function loadAccounts(path: string): Promise<Accounts> {
  const text = await readText(path);
  try {
    return Accounts.parse(text);
  } catch (cause) {
    throw cannotRead(path, reasonOf(cause), cause);
  }
}

async function readText(path: string): Promise<string> {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await Deno.readFile(path));
  } catch (cause) {
    if (cause instanceof TypeError) throw cannotRead(path, "it is not UTF-8 text", cause);
    if (!(cause instanceof Deno.errors.NotFound)) throw cannotRead(path, reasonOf(cause), cause);
    const advice = 'no such file; write one with a line "user password" for everyone';
    throw cannotRead(path, `${advice}, or name another with --credentials`, cause);
  }
}

function cannotRead(path: string, reason: string, cause: unknown): BitTrickleError {
  const message = `Cannot read the credentials in "${escapeText(path)}": ${escapeText(reason)}`;
  return new BitTrickleError("usage", message, { cause });
}
