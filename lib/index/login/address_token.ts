/**
 * Proof that a client receives what is sent to its address, kept by the client and not by the index.
 * It travels index -> client -> index, in base64url:
 *
 *     0   8  time of issue, f64 big-endian, in milliseconds of the index's clock
 *     8  16  the beginning of HMAC-SHA-256 over these 8 bytes, `host:port`, and, for a session that
 *            moves, a space and the session's name
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { type Address, formatAddress } from "../../protocol/address.ts";
import { fromBase64Url, toBase64Url } from "../../protocol/base64url.ts";
import { LOGIN_STEP_MS } from "../../protocol/limits.ts";

const TIME_BYTES = 8;
const MAC_BYTES = 16;

/** Issues and checks tokens: a time and a MAC over it and the address, under a key of its own. */
export class AddressTokens {
  readonly #key: Uint8Array = randomBytes(32);

  /**
   * A token for `address`, good for {@linkcode LOGIN_STEP_MS} from `now` on, in base64url.
   *
   * @param session Whose move it proves, if it is not for a login
   */
  issue(address: Address, now: number, session?: string): string {
    const time = Buffer.alloc(TIME_BYTES);
    time.writeDoubleBE(now);
    return toBase64Url(Buffer.concat([time, this.#mac(time, address, session)]));
  }

  /** Whether `token` was issued for `address` and `session` and is still good at `now`. */
  isGood(token: string, address: Address, now: number, session?: string): boolean {
    const bytes = fromBase64Url(token);
    if (bytes?.length !== TIME_BYTES + MAC_BYTES) return false;
    const time = bytes.subarray(0, TIME_BYTES);
    const mac = this.#mac(time, address, session);
    if (!timingSafeEqual(bytes.subarray(TIME_BYTES), mac)) return false;
    const age = now - new DataView(bytes.buffer).getFloat64(0);
    return age >= 0 && age <= LOGIN_STEP_MS;
  }

  #mac(time: Uint8Array, address: Address, session: string | undefined): Uint8Array {
    const owner = session === undefined ? "" : ` ${session}`;
    const mac = createHmac("sha256", this.#key).update(time).update(formatAddress(address) + owner);
    return mac.digest().subarray(0, MAC_BYTES);
  }
}
