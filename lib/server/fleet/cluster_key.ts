/**
 * The key that seals what the servers of a fleet keep in etcd.
 *
 * @module
 */

import { randomBytes } from "node:crypto";
import { BitTrickleError, reasonOf } from "../../errors.ts";
import { createFile } from "../../files/replace_file.ts";
import { readText } from "../../files/text_file.ts";
import { KEY_BYTES } from "../../protocol/aead.ts";
import { fromBase64Url, toBase64Url } from "../../protocol/base64url.ts";
import { escapeText } from "../../protocol/escape.ts";

/**
 * The cluster key in the file at `path`.
 *
 * @throws {BitTrickleError} `usage`
 */
export async function readClusterKey(path: string): Promise<Uint8Array> {
  const text = await readText(path).catch((cause) => {
    const advice = cause instanceof Deno.errors.NotFound
      ? "no such file: copy it from another server, or make the first one with `bittrickle-server fleet key`"
      : escapeText(reasonOf(cause));
    throw new BitTrickleError("usage", `Cannot read ${nameOf(path)}: ${advice}`, { cause });
  });
  const key = fromBase64Url(text.trim());
  if (key?.length === KEY_BYTES) return key;
  const reason = "it does not hold a key; copy it from another server";
  throw new BitTrickleError("usage", `Cannot use ${nameOf(path)}: ${reason}`);
}

/**
 * Makes a cluster key, for its owner's eyes only. What is there is never replaced: whatever is sealed with
 * a key opens with no other.
 *
 * @throws {BitTrickleError} `exists` or `disk`
 */
export async function makeClusterKey(path: string): Promise<void> {
  try {
    await createFile(path, `${toBase64Url(randomBytes(KEY_BYTES))}\n`);
  } catch (cause) {
    if (cause instanceof Deno.errors.AlreadyExists) {
      const reason = "there is such a file already; use it, or name another";
      throw new BitTrickleError("exists", `Cannot make ${nameOf(path)}: ${reason}`, { cause });
    }
    const reason = escapeText(reasonOf(cause));
    throw new BitTrickleError("disk", `Cannot write ${nameOf(path)}: ${reason}`, { cause });
  }
}

function nameOf(path: string): string {
  return `the cluster key in "${escapeText(path)}"`;
}
