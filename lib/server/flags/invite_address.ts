/**
 * Where clients find the server, as an invitation names it.
 *
 * @module
 */

import { parsePortFlag } from "../../cli/parse_port.ts";
import { usage } from "../../cli/parse_flags.ts";
import type { Address } from "../../protocol/address.ts";
import { escapeText } from "../../protocol/escape.ts";
import { isInvitationHost } from "../../protocol/invitation.ts";

/**
 * The address in the value `text` of `--flag`.
 *
 * @throws {BitTrickleError} `usage`
 */
export function parseInviteAddress(flag: string, text: string): Address {
  const [, bracketed, name, port] = /^(?:\[([^\]]+)\]|([^:@/[\]\s]+)):([0-9]+)$/.exec(text) ?? [];
  const form = `--${flag} takes HOST:PORT, as index.lan:5000`;
  const number = port === undefined ? 0 : parsePortFlag(port, form);
  const hostname = (bracketed ?? name ?? "").toLowerCase();
  if (number !== 0 && isInvitationHost(hostname)) return { hostname, port: number };
  throw usage(`${form}, not "${escapeText(text)}"`);
}
