/**
 * The credentials file: read by the server, written by nobody but the `user` commands.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { BitTrickleError, reasonOf } from "../errors.ts";
import { Accounts } from "../index/accounts.ts";
import { escapeText } from "../protocol/escape.ts";

/** How often the server looks whether the file has changed, in milliseconds. */
const WATCH_MS = 1_000;

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
 * The text of the credentials file at `path`.
 *
 * @throws {BitTrickleError} `usage`
 */
export async function readCredentials(path: string): Promise<string> {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await Deno.readFile(path));
  } catch (cause) {
    if (cause instanceof TypeError) throw cannotRead(path, "it is not UTF-8 text", cause);
    if (!(cause instanceof Deno.errors.NotFound)) throw cannotRead(path, reasonOf(cause), cause);
    const advice = 'no such file; write one with a line "user password" for everyone';
    throw cannotRead(path, `${advice}, or name another with --credentials`, cause);
  }
}

/**
 * Replaces the text of the credentials file at `path`: whole or not at all, with the same mode.
 *
 * @throws {BitTrickleError} `disk`
 */
export async function writeCredentials(path: string, text: string): Promise<void> {
  const target = await Deno.realPath(path).catch(() => path);
  const temporary = `${target}.new`;
  try {
    const { mode } = await Deno.stat(target);
    const options = { createNew: true, mode: (mode ?? 0o600) & 0o777 };
    await Deno.writeTextFile(temporary, text, options);
    await Deno.rename(temporary, target);
  } catch (cause) {
    const where = `the credentials in "${escapeText(path)}"`;
    const reason = cause instanceof Deno.errors.AlreadyExists
      ? `"${escapeText(temporary)}" is there, from a change that still runs or was cut off`
      : escapeText(reasonOf(cause));
    throw new BitTrickleError("disk", `Cannot write ${where}: ${reason}`, { cause });
  }
}

/** Who hears of changes of the credentials file. */
export interface CredentialsWatcher {
  readonly onChange: (accounts: Accounts) => void;
  /** Hears of a file that cannot be used; what was read before stays in force. */
  readonly onFault: (error: BitTrickleError) => void;
}

/** Reads the file at `path` again whenever it has changed, until `signal` fires. */
export async function watchAccounts(
  path: string,
  { onChange, onFault }: CredentialsWatcher,
  signal: AbortSignal,
): Promise<void> {
  let last = await fingerprintOf(path);
  while (await delay(WATCH_MS, { signal }).then(() => true, () => false)) {
    const now = await fingerprintOf(path);
    if (now === last) continue;
    last = now;
    try {
      onChange(await loadAccounts(path));
    } catch (error) {
      onFault(error as BitTrickleError);
    }
  }
}

async function fingerprintOf(path: string): Promise<string> {
  const status = await Deno.stat(path).catch(() => undefined);
  return [status?.mtime?.getTime(), status?.size, status?.ino].join(" ");
}

function cannotRead(path: string, reason: string, cause: unknown): BitTrickleError {
  const message = `Cannot read the credentials in "${escapeText(path)}": ${escapeText(reason)}`;
  return new BitTrickleError("usage", message, { cause });
}
