/**
 * One change at a time of the credentials and of the key beside them.
 *
 * @module
 */

import { BitTrickleError, reasonOf } from "../../errors.ts";
import { escapeText } from "../../protocol/escape.ts";
import { FileLock } from "../../files/file_lock.ts";
import { realPathOf } from "../../files/real_path.ts";

/** How long to wait for another change, in milliseconds: each takes a few of them. */
const WAIT_MS = 10_000;

/**
 * Waits until no other process changes the credentials file at `path`.
 *
 * @throws {BitTrickleError} `disk`
 */
export async function lockCredentials(path: string): Promise<Disposable> {
  try {
    const lock = await FileLock.take(`${await realPathOf(path)}-lock`, WAIT_MS);
    if (lock) return lock;
  } catch (cause) {
    throw cannotChange(path, reasonOf(cause), cause);
  }
  const seconds = WAIT_MS / 1_000;
  throw cannotChange(path, `another program has been changing them for ${seconds} s; try again`);
}

/** The error for credentials that stay as they are. */
export function cannotChange(path: string, reason: string, cause?: unknown): BitTrickleError {
  const message = `Cannot change the credentials in "${escapeText(path)}": ${escapeText(reason)}`;
  return new BitTrickleError("disk", message, { cause });
}
