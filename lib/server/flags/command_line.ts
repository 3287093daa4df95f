/**
 * The server's command line: that of a server, or of one of its commands.
 *
 * @module
 */

import { parseAdminFlags } from "./admin_flags.ts";
import { parseDataFlags } from "./data_flags.ts";
import { parseFleetFlags } from "./fleet_flags.ts";
import { parseInviteFlags } from "./invite_flags.ts";
import { parseServeFlags, parseUserFlags } from "./serve_flags.ts";
import { parseStatusFlags } from "./status_flags.ts";

/**
 * Reads a command line of `bittrickle-server`.
 *
 * @throws {BitTrickleError} `usage`
 */
export function parseServerLine(args: readonly string[]) {
  const [first, ...rest] = args;
  switch (first) {
    case "user":
      return parseUserFlags(rest);
    case "admin":
      return parseAdminFlags(rest);
    case "invite":
      return parseInviteFlags(rest);
    case "fleet":
      return parseFleetFlags(rest);
    case "status":
      return parseStatusFlags(rest);
    case "data":
      return parseDataFlags(rest);
    default:
      return parseServeFlags(args);
  }
}
