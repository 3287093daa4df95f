/**
 * Names of hosts, and which of this machine's addresses talk to them.
 *
 * @module
 */

import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { BitTrickleError } from "../errors.ts";
import { escapeText } from "../protocol/escape.ts";
import { canonicalIp, isLoopback } from "../protocol/address.ts";

/**
 * The IP literal of `host`, a name or a literal.
 *
 * @throws {BitTrickleError} `network` if nobody knows the name
 */
export async function resolveHost(host: string): Promise<string> {
  if (isIP(host)) return canonicalIp(host);
  try {
    // Both programs listen on IPv4 unless told otherwise, and "localhost" is often ::1 as well.
    const addresses = await lookup(host, { all: true });
    return (addresses.find(({ family }) => family === 4) ?? addresses[0]!).address;
  } catch (cause) {
    const message = `Cannot find the host "${escapeText(host)}": check the name, or use its IP`;
    throw new BitTrickleError("network", message, { cause });
  }
}

/** Where to listen for whoever can reach `ip` too: this machine only, or every interface. */
export function listeningHostFor(ip: string): string {
  const isV6 = isIP(ip) === 6;
  if (isLoopback(ip)) return isV6 ? "::1" : "127.0.0.1";
  return isV6 ? "::" : "0.0.0.0";
}
