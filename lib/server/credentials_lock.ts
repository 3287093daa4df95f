/**
 * One change at a time of the credentials and of the key beside them.
 *
 * @module
 */

import { basename, dirname, join, resolve } from "@std/path";
import { BitTrickleError, reasonOf } from "../errors.ts";
import { escapeText } from "../protocol/escape.ts";
import { FileLock } from "../store/file_lock.ts";

/** How long to wait for another change, in milliseconds: each takes a few of them. */
const WAIT_MS = 10_000;

/** Where the credentials file at `path` is, whatever links lead there. It may be yet to be made. */
export async function realPathOf(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    const isMissing = error instanceof Deno.errors.NotFound;
    const link = isMissing ? await Deno.readLink(path).catch(() => undefined) : undefined;
    if (link !== undefined) return await realPathOf(resolve(dirname(path), link));
    const folder = await Deno.realPath(dirname(path)).catch(() => dirname(path));
    return join(folder, basename(path));
  }
}

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
