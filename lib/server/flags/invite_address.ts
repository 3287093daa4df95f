/**
 * Where clients find the server, as an invitation names it.
 *
 * @module
 */

import { parsePortFlag } from "../../cli/parse_port.ts";
import { usage } from "../../cli/parse_flags.ts";
import { type Address, type Addresses, distinctServers } from "../../protocol/address.ts";
import { SERVERS_PER_INDEX } from "../../protocol/address_limits.ts";
import { escapeText } from "../../protocol/escape.ts";
import { isInvitationHost } from "../../protocol/invitation.ts";

/**
 * The addresses in the value `text` of `--flag`: of each server of the index, with commas between them.
 *
 * @throws {BitTrickleError} `usage`
 */
export function parseInviteAddresses(flag: string, text: string): Addresses {
  const words = text.split(",").map((word) => word.trim());
  const servers = distinctServers(words.map((word) => parseInviteAddress(flag, word)));
  if (servers.length <= SERVERS_PER_INDEX) return servers;
  throw usage(`--${flag} takes ${SERVERS_PER_INDEX} servers at most`);
}

function parseInviteAddress(flag: string, text: string): Address {
  const [, bracketed, name, port] = /^(?:\[([^\]]+)\]|([^:@/[\]\s]+)):([0-9]+)$/.exec(text) ?? [];
  const form = `--${flag} takes HOST:PORT, as index.lan:5000`;
  const number = port === undefined ? 0 : parsePortFlag(port, form);
  const hostname = (bracketed ?? name ?? "").toLowerCase();
  if (number !== 0 && isInvitationHost(hostname)) return { hostname, port: number };
  throw usage(`${form}, not "${escapeText(text)}"`);
}
