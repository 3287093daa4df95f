/**
 * The command line after `bittrickle-server fleet`.
 *
 * @module
 */

import { parseFlags, type TextRequest, usage } from "../../cli/parse_flags.ts";
import { escapeText } from "../../protocol/escape.ts";
import { FLEET_ACTIONS, hasAction } from "./flag_table.ts";

/** What the command line says. */
export interface FleetFlags {
  /** The file in which a cluster key is to be made. */
  readonly newClusterKey: string;
}

/**
 * Reads the command line after `bittrickle-server fleet`.
 *
 * @throws {BitTrickleError} `usage`
 */
export function parseFleetFlags(args: readonly string[]): FleetFlags | TextRequest {
  const flags = parseFlags(args, [], []);
  if ("asks" in flags) return flags;
  const [action = "", file, surplus] = flags.arguments;
  if (!hasAction(FLEET_ACTIONS, action)) throw usage('"fleet" is followed by key');
  if (!file) throw usage("fleet key needs the name of a file");
  if (surplus !== undefined) throw usage(`"${escapeText(surplus)}" is one argument too many`);
  return { newClusterKey: file };
}
