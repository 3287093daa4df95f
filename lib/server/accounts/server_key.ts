/**
 * The server's long-term key, by which clients know it again.
 *
 * @module
 */

import { ready, server } from "@serenity-kit/opaque";
import { BitTrickleError, reasonOf } from "../../errors.ts";
import { type Address, formatAddress } from "../../protocol/address.ts";
import { escapeText } from "../../protocol/escape.ts";
import { Signer } from "../../protocol/signature.ts";
import { deriveServerKeys } from "../../index/login/server_keys.ts";
import { cannotChange, lockCredentials } from "./credentials_lock.ts";
import { realPathOf } from "../../files/real_path.ts";
import { replaceFile } from "../../files/replace_file.ts";
import { readText } from "../../files/text_file.ts";

const SETUP = /^[A-Za-z0-9_-]{171}$/;

const MISSING = "it is missing, but passwords are stored that only it can prove";

/** Where the key of a server with these credentials is kept. */
export function keyPathFor(credentials: string): string {
  return `${credentials}.key`;
}

/**
 * The key of the server with the credentials file at `credentials`. It is made, for its owner's eyes
 * only, if it is not there; of several processes that do so at once, one does.
 *
 * @param mayMake Whether a new key would do: not if there are records that only the old one opens
 * @param onMade Hears that this call has made the key, and where
 * @throws {BitTrickleError} `usage` for a file that holds no key, `disk` if it cannot be read or made
 */
export async function loadServerKey(
  credentials: string,
  mayMake: boolean,
  onMade: (path: string) => void = () => {},
): Promise<string> {
  await ready;
  const key = await readServerKey(credentials, !mayMake);
  if (key !== undefined) return key;
  const path = keyPathFor(await realPathOf(credentials));
  using _ = await lockCredentials(credentials);
  return await readKey(path) ?? await makeKey(path, onMade);
}

/**
 * Makes sure that what was made with the key `setup` is still of use: a restore may have put another in
 * its place. For who has the lock of the credentials.
 *
 * @throws {BitTrickleError} `disk`
 */
export async function assertSameKey(credentials: string, setup: string): Promise<void> {
  const key = await readServerKey(credentials, false);
  if (key === setup) return;
  throw cannotChange(credentials, "the server has got another key meanwhile; try again");
}

/** By which clients know the server with the long-term key `setup`; each in base64url. */
export function publicKeysOf(setup: string): { opaqueKey: string; signingKey: string } {
  return {
    opaqueKey: server.getPublicKey(setup),
    signingKey: new Signer(deriveServerKeys(setup).signingSeed).publicKey,
  };
}

/**
 * The key of the server with the credentials file at `credentials`, if it has one.
 *
 * @param isNeeded Whether there are records that only it opens
 * @throws {BitTrickleError} `usage` for a file that holds no key, or a key that is needed and missing;
 * `disk` if it cannot be read
 */
export async function readServerKey(
  credentials: string,
  isNeeded: boolean,
): Promise<string | undefined> {
  const path = keyPathFor(await realPathOf(credentials));
  const key = await readKey(path);
  if (key === undefined && isNeeded) throw unusable(path, MISSING, adviceTo(""));
  return key;
}

/**
 * What tells a server on `addresses` of this machine from others that have a copy of its key, and is the
 * same after a restart. Without the permission to ask for the machine's name it is the addresses alone.
 */
export function instanceOf(...addresses: readonly Address[]): string {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "hostname" });
  const machine = state === "granted" ? `${Deno.hostname()} ` : "";
  return `${machine}${addresses.map(formatAddress).join(" ")}`;
}

async function readKey(path: string): Promise<string | undefined> {
  const text = await readText(path).catch((cause) => {
    if (cause instanceof Deno.errors.NotFound) return undefined;
    if (cause instanceof BitTrickleError) return "";
    throw cannot("read", path, cause);
  });
  if (text === undefined || SETUP.test(text.trim())) return text?.trim();
  throw unusable(path, "it does not hold a key", adviceTo("move that file away, "));
}

async function makeKey(path: string, onMade: (path: string) => void): Promise<string> {
  const key = server.createSetup();
  await replaceFile(path, `${key}\n`).catch((cause) => {
    throw cannot("write", path, cause);
  });
  onMade(path);
  return key;
}

function cannot(what: string, path: string, cause: unknown): BitTrickleError {
  const message = `Cannot ${what} ${nameOf(path)}: ${escapeText(reasonOf(cause))}`;
  return new BitTrickleError("disk", message, { cause });
}

function unusable(path: string, reason: string, advice: string): BitTrickleError {
  return new BitTrickleError("usage", `Cannot use ${nameOf(path)}: ${reason}. ${advice}`);
}

/** Nothing but the old key opens old records, so that without it they can as well be taken out. */
function adviceTo(makeRoom: string): string {
  return "Bring back a copy of it. If there is none, those passwords are lost: " +
    `${makeRoom}take the lines with "opaque:" out of the credentials, and add their users again ` +
    "with `bittrickle-server user add`";
}

function nameOf(path: string): string {
  return `the server's key in "${escapeText(path)}"`;
}
