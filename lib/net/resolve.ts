/**
 * Names of hosts, and which of this machine's addresses talk to them.
 *
 * @module
 */

import { isIP } from "node:net";
import { BitTrickleError } from "../errors.ts";
import { escapeText } from "../protocol/escape.ts";
import { canonicalIp, isLoopback } from "../protocol/address.ts";

/**
 * The IP literals of `host`, a name or a literal, those of IPv4 first: both programs listen on IPv4
 * unless told otherwise, and "localhost" is often ::1 as well.
 *
 * @throws {BitTrickleError} `network` if the name cannot be resolved
 */
export async function resolveHost(host: string): Promise<readonly [string, ...string[]]> {
  if (isIP(host)) return [canonicalIp(host)];
  try {
    const { lookup } = await import("node:dns/promises"); // Most name an address.
    const found = await lookup(host, { all: true });
    const v4First = found.toSorted((a, b) => a.family - b.family).map(({ address }) => address);
    const [first, ...others] = new Set(v4First);
    return [first!, ...others];
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

/**
 * Where to listen for whoever can reach one of several addresses: as for the first, and for one of the
 * other kind too, but not beyond this machine if the first is of this machine only. A socket of `::` may
 * hear IPv4 as well, so that no other can be bound: it comes first.
 */
export function listeningHostsFor(first: string, ...others: readonly string[]): string[] {
  const hosts = [first, ...others].filter((ip) => isLoopback(ip) === isLoopback(first));
  return [...new Set(hosts.map(listeningHostFor))].sort((a, b) =>
    Number(b === "::") - Number(a === "::")
  );
}
