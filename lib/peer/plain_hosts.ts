/**
 * Where a client serves in clear.
 *
 * @module
 */

import { isLoopback } from "../protocol/address.ts";

/** Hosts of which one at least can reach the port, the first before the others. */
export type Hosts = readonly [string, ...string[]];

/**
 * Whoever may come for files in clear, of those who reach the index at `hosts`: nobody off this machine,
 * unless told otherwise.
 */
export function plainHostsFor(hosts: Hosts, allowPlain = false): Hosts {
  if (allowPlain) return hosts;
  const [first = "127.0.0.1", ...others] = hosts.filter(isLoopback);
  return isLoopback(hosts[0]) ? [first, ...others] : ["127.0.0.1"];
}
