/**
 * What shows a client that a reset is the index's: a value that the welcome told it.
 *
 * @module
 */

import { createHmac } from "node:crypto";
import { fromBase64Url, toBase64Url } from "../../protocol/base64url.ts";
import { RESET_VALUE_BYTES } from "../../protocol/sealed_datagram.ts";

/** Makes the value of any session from a key, so that an index can reset what it has forgotten. */
export class ResetValues {
  readonly #key: Uint8Array;

  /** @param key The reset key of the server, the same as long as its clients remember sessions. */
  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /**
   * The beginning of HMAC-SHA-256 over `BitTrickle 2 reset` and the 8 bytes of `session`'s name.
   *
   * @param session In base64url
   * @returns base64url
   */
  of(session: string): string {
    const mac = createHmac("sha256", this.#key).update("BitTrickle 2 reset");
    const value = mac.update(fromBase64Url(session)!).digest();
    return toBase64Url(value.subarray(0, RESET_VALUE_BYTES));
  }
}
