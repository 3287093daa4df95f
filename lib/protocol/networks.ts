/**
 * Networks, as `192.0.2.0/24` or `2001:db8::/32`.
 *
 * @module
 */

import { BlockList, isIP } from "node:net";
import { canonicalIp } from "./address.ts";

/** A list of networks; an address without a length is a network of one. */
export class Networks {
  /** None at all. */
  static readonly NONE: Networks = new Networks();
  readonly #list = new BlockList();

  /** Adds the network in `text`. Returns false if it is none. */
  add(text: string): boolean {
    const [ip = "", digits, ...rest] = text.split("/");
    const family = familyOf(ip);
    const most = family === "ipv4" ? 32 : 128;
    const length = digits === undefined ? most : /^[0-9]{1,3}$/.test(digits) ? Number(digits) : NaN;
    if (!family || rest.length > 0 || !(length <= most)) return false;
    this.#list.addSubnet(ip, length, family);
    return true;
  }

  /** Whether `ip` is in one of them. */
  has(ip: string): boolean {
    const canonical = canonicalIp(ip);
    const family = familyOf(canonical);
    return family !== undefined && this.#list.check(canonical, family);
  }
}

function familyOf(ip: string): "ipv4" | "ipv6" | undefined {
  if (ip.includes("%")) return undefined;
  return ({ 4: "ipv4", 6: "ipv6" } as const)[isIP(ip) as 4 | 6];
}
