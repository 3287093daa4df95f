/**
 * Where a client serves: in clear, and sealed.
 *
 * @module
 */

import { ConnectionListener } from "../net/connection_listener.ts";
import { type Advertised, isLoopback } from "../protocol/address.ts";

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

/**
 * Opens the port at which files are served sealed to whoever reaches one of `hosts`, or what is
 * `advertised`.
 *
 * @throws {BitTrickleError} `network` if it cannot be had
 */
export function bindSealed(hosts: Hosts, advertised: Advertised | undefined): ConnectionListener {
  if (!advertised) return ConnectionListener.bindFor(hosts);
  return ConnectionListener.bindFor([advertised.ip, ...hosts], advertised.port);
}
