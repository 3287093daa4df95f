/**
 * Cookies: what the index has to know between the two steps of a login, kept by the client. It goes
 * index -> client -> index, in base64url:
 *
 *     0  24  nonce, random
 *    24      box of XChaCha20-Poly1305, to the end, under the header `host:port`; in it:
 *             0    8  time of issue, f64 big-endian, in milliseconds of the index's clock
 *             8    8  tag of the user's secret
 *            16  128  state of OPAQUE
 *           144       user, UTF-8, to the end
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { type Address, formatAddress } from "../../protocol/address.ts";
import { KEY_BYTES } from "../../protocol/aead.ts";
import { fromBase64Url, toBase64Url } from "../../protocol/base64url.ts";
import { LOGIN_STEP_MS } from "../../protocol/limits.ts";
import { openAtRandom, sealAtRandom } from "../../protocol/sodium_aead.ts";
import { encodeUtf8 } from "../../protocol/utf8.ts";

/** What a cookie holds. */
export interface LoginState {
  /** Stands for the secret that the login is about: nobody is let in by one that has changed since. */
  readonly secretTag: Uint8Array;
  /** OPAQUE's state, in base64url. */
  readonly state: string;
  readonly user: string;
}

/** Bytes of {@linkcode LoginState.secretTag}. */
export const SECRET_TAG_BYTES = 8;
const TIME_BYTES = 8;
const STATE_BYTES = 128;
const STATE_AT = TIME_BYTES + SECRET_TAG_BYTES;
const USER_AT = STATE_AT + STATE_BYTES;

/** Issues and opens cookies. The key is of this process alone: no other opens them. */
export class LoginCookies {
  readonly #key: Uint8Array = randomBytes(KEY_BYTES);

  /** A cookie for the client at `address`, good for {@linkcode LOGIN_STEP_MS} from `now` on. */
  issue({ secretTag, state, user }: LoginState, address: Address, now: number): string {
    const time = Buffer.alloc(TIME_BYTES);
    time.writeDoubleBE(now);
    const text = Buffer.concat([
      time,
      secretTag,
      fromBase64Url(state)!,
      Buffer.from(user),
    ]);
    const sealed = sealAtRandom(this.#key, headerFor(address), text);
    return toBase64Url(sealed);
  }

  /** What is in `cookie`, if it was issued for `address` and is still good at `now`. */
  open(cookie: string, address: Address, now: number): LoginState | undefined {
    const sealed = fromBase64Url(cookie);
    const text = sealed && openAtRandom(this.#key, headerFor(address), sealed);
    if (!text) return undefined;
    const bytes = Buffer.from(text);
    const age = now - bytes.readDoubleBE();
    if (age < 0 || age > LOGIN_STEP_MS) return undefined;
    return {
      secretTag: bytes.subarray(TIME_BYTES, STATE_AT),
      state: toBase64Url(bytes.subarray(STATE_AT, USER_AT)),
      user: bytes.subarray(USER_AT).toString(),
    };
  }
}

function headerFor(address: Address): Uint8Array {
  return encodeUtf8(formatAddress(address));
}
