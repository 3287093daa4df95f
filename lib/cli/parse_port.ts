/**
 * Ports on the command line.
 *
 * @module
 */

import { parsePort } from "../protocol/address.ts";
import { escapeText } from "../protocol/escape.ts";
import { usage } from "./parse_flags.ts";

/**
 * The port in `text`.
 *
 * @param advice What to do with what is none
 * @throws {BitTrickleError} `usage` if it is no number from 0 to 65535
 */
export function parsePortFlag(text: string, advice?: string): number {
  const port = parsePort(text);
  if (port !== undefined) return port;
  const reason = `"${escapeText(text)}" is not a port, a number from 0 to 65535`;
  throw usage(advice === undefined ? reason : `${reason}; ${advice}`);
}
