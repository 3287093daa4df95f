/**
 * A client that others reach at an address that is not its own, as that of a router that passes
 * connections on.
 *
 * @module
 */

import { ConnectionListener } from "../net/connection_listener.ts";
import type { Advertised } from "../protocol/address.ts";
import type { Hosts } from "./plain_hosts.ts";

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
