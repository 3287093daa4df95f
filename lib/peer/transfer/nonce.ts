/**
 * Nonces of transfers.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { NONCE_BYTES } from "../../protocol/transfer.ts";

/** A nonce for one connection, in base64url. */
export function randomNonce(): string {
  return Buffer.from(randomBytes(NONCE_BYTES)).toString("base64url");
}
