/**
 * What people compare to know an index by its keys: 128 bits of SHA-256 over
 *
 *      0  23  "BitTrickle 2 index keys" in ASCII
 *     23  32  the index's key of OPAQUE
 *     55  32  its signing key
 *
 * as eight groups of four hexadecimal digits. Nobody makes other keys with the same ones.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { fromBase64Url } from "./base64url.ts";

const CONTEXT = "BitTrickle 2 index keys";
const DIGITS = 32;
const FINGERPRINT = /^[0-9a-f]{4}(?:-[0-9a-f]{4}){7}$/;

/** The fingerprint of the index with these keys, which are in base64url. */
export function fingerprintOf(keys: { opaqueKey: string; signingKey: string }): string {
  const hash = createHash("sha256").update(CONTEXT);
  for (const key of [keys.opaqueKey, keys.signingKey]) hash.update(fromBase64Url(key)!);
  return hash.digest("hex").slice(0, DIGITS).match(/.{4}/g)!.join("-");
}

/** Whether `text` may be a fingerprint. */
export function isFingerprint(text: string): boolean {
  return FINGERPRINT.test(text);
}
