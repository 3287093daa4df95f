/**
 * The server's long-term key, by which clients know it again.
 *
 * @module
 */

import { ready, server } from "@serenity-kit/opaque";
import { BitTrickleError, reasonOf } from "../errors.ts";
import { escapeText } from "../protocol/escape.ts";

const SETUP = /^[A-Za-z0-9_-]{171}$/;

/** Where the key of a server with these credentials is kept. */
export function keyPathFor(credentials: string): string {
  return `${credentials}.key`;
}

/**
 * The key in the file at `path`, which is made, for its owner's eyes only, if it is not there.
 *
 * @param mayMake Whether a new key would do: not if there are records that only the old one opens
 * @throws {BitTrickleError} `usage` for a file that holds no key, `disk` if it cannot be written
 */
export async function loadServerKey(path: string, mayMake: boolean): Promise<string> {
  await ready;
  const text = await Deno.readTextFile(path).catch((cause) => {
    if (cause instanceof Deno.errors.NotFound) return undefined;
    throw new BitTrickleError("disk", `Cannot read ${nameOf(path)}: ${reasonOf(cause)}`, { cause });
  });
  if (text === undefined && mayMake) return await makeServerKey(path);
  if (text !== undefined && SETUP.test(text.trim())) return text.trim();
  const reason = text === undefined
    ? "it is not there, but passwords are stored that only it can prove"
    : "it does not hold a key";
  throw new BitTrickleError(
    "usage",
    `Cannot use ${nameOf(path)}: ${reason}. Bring back a copy of it, or remove it and set those ` +
      "passwords again with `bittrickle-server user passwd`",
  );
}

async function makeServerKey(path: string): Promise<string> {
  const key = server.createSetup();
  try {
    await Deno.writeTextFile(path, `${key}\n`, { createNew: true, mode: 0o600 });
  } catch (cause) {
    const message = `Cannot write ${nameOf(path)}: ${escapeText(reasonOf(cause))}`;
    throw new BitTrickleError("disk", message, { cause });
  }
  return key;
}

function nameOf(path: string): string {
  return `the server's key in "${escapeText(path)}"`;
}
