/**
 * The server's command line: that of a server, or of one of its commands.
 *
 * @module
 */

import type { TextRequest } from "../../cli/parse_flags.ts";
import { type AdminFlags, parseAdminFlags } from "./admin_flags.ts";
import { type DataFlags, parseDataFlags } from "./data_flags.ts";
import { type FleetFlags, parseFleetFlags } from "./fleet_flags.ts";
import { type InviteFlags, parseInviteFlags } from "./invite_flags.ts";
import { parseServeFlags, parseUserFlags, type ServeFlags, type UserFlags } from "./serve_flags.ts";
import { parseStatusFlags, type StatusFlags } from "./status_flags.ts";

/** What is to be done, and what the command line says of that. */
export type ServerLine =
  | { readonly task: "text"; readonly flags: TextRequest }
  | { readonly task: "serve"; readonly flags: ServeFlags }
  | { readonly task: "user"; readonly flags: UserFlags }
  | { readonly task: "admin"; readonly flags: AdminFlags }
  | { readonly task: "invite"; readonly flags: InviteFlags }
  | { readonly task: "fleet"; readonly flags: FleetFlags }
  | { readonly task: "status"; readonly flags: StatusFlags }
  | { readonly task: "data"; readonly flags: DataFlags };

/**
 * Reads a command line of `bittrickle-server`.
 *
 * @throws {BitTrickleError} `usage`
 */
export function parseServerLine(args: readonly string[]): ServerLine {
  const [first, ...rest] = args;
  switch (first) {
    case "user":
      return lineOf(first, parseUserFlags(rest));
    case "admin":
      return lineOf(first, parseAdminFlags(rest));
    case "invite":
      return lineOf(first, parseInviteFlags(rest));
    case "fleet":
      return lineOf(first, parseFleetFlags(rest));
    case "status":
      return lineOf(first, parseStatusFlags(rest));
    case "data":
      return lineOf(first, parseDataFlags(rest));
    default:
      return lineOf("serve", parseServeFlags(args));
  }
}

function lineOf<T extends string, F extends object>(task: T, flags: F | TextRequest) {
  return isRequest(flags) ? { task: "text" as const, flags } : { task, flags };
}

function isRequest(flags: object): flags is TextRequest {
  return "asks" in flags;
}
