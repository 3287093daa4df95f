/**
 * Who may see the status page: everybody who reaches it, or who has the access token.
 *
 * @module
 */

import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";
import { encodeUtf8 } from "../../protocol/utf8.ts";
import { canonicalIp, isAnyAddress, isLoopback } from "../../protocol/address.ts";
import { cookieIn, type RequestHead } from "./request.ts";

/** Holds what proves the token, and not the token. */
export const ACCESS_COOKIE = "bittrickle_access";

/** Names of this machine that no name server can point elsewhere. */
const LOOPBACK_NAMES = ["localhost", "ip6-localhost"];

/**
 * Whether a request is meant for this server. A page of another site can have its own name point to
 * this machine (DNS rebinding), but it cannot choose the name that its browser sends.
 */
export class HostCheck {
  readonly #names: readonly string[];
  readonly #bound: string;

  /**
   * @param bound The IP address that is listened on
   * @param names By which the server may be called besides
   */
  constructor(bound: string, names: readonly string[]) {
    this.#names = [...LOOPBACK_NAMES, ...names.map((name) => name.toLowerCase())];
    this.#bound = canonicalIp(bound);
  }

  /** Whether a request for `host`, which may hold a port, is one for this server. */
  allows(host: string): boolean {
    const [, bracketed, name = ""] = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]@/]+))(?::[0-9]{1,5})?$/
      .exec(host) ?? [];
    const hostname = (bracketed ?? name).toLowerCase().replace(/\.$/, "");
    return isIP(hostname) ? this.#allowsIp(canonicalIp(hostname)) : this.#names.includes(hostname);
  }

  /** An address is no name that somebody could have pointed here, but one of another machine. */
  #allowsIp(ip: string): boolean {
    return isAnyAddress(this.#bound) || isLoopback(ip) || ip === this.#bound ||
      this.#names.includes(ip);
  }
}

/** The token without which nobody sees the page. */
export class AccessToken {
  readonly #token: Uint8Array;
  /** What a browser keeps in place of the token: worth nothing once the token is another. */
  readonly cookie: string;

  constructor(token: string) {
    this.#token = digestOf(token);
    this.cookie = createHmac("sha256", token).update("access cookie").digest("base64url");
  }

  /** Whether `token` is the right one. */
  is(token: string): boolean {
    return timingSafeEqual(digestOf(token), this.#token);
  }

  /** Whether a request proves that its sender has the token. */
  isShownBy(request: RequestHead): boolean {
    const [, bearer] = /^Bearer +(\S+)$/i.exec(request.fields.get("authorization") ?? "") ?? [];
    if (bearer !== undefined) return this.is(bearer);
    const cookie = cookieIn(request, ACCESS_COOKIE);
    return cookie !== undefined && timingSafeEqual(digestOf(cookie), digestOf(this.cookie));
  }
}

/** Texts of any length become as long, to be compared in constant time. */
function digestOf(text: string): Uint8Array {
  return createHash("sha256").update(encodeUtf8(text)).digest();
}
