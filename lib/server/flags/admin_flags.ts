/**
 * The command line after `bittrickle-server admin`.
 *
 * @module
 */

import { namesWithValue } from "../../cli/manual/manual.ts";
import { parseFlags, type TextRequest, usage } from "../../cli/parse_flags.ts";
import { escapeText } from "../../protocol/escape.ts";
import { ADMIN_ACTIONS, ADMIN_FLAGS, hasAction } from "./flag_table.ts";

/** What the command line says. */
export interface AdminFlags {
  readonly administer: "passwd";
  readonly credentials: string;
  readonly passwordFile: string | undefined;
}

/**
 * Reads the command line after `bittrickle-server admin`.
 *
 * @throws {BitTrickleError} `usage`
 */
export function parseAdminFlags(args: readonly string[]): AdminFlags | TextRequest {
  const flags = parseFlags(args, namesWithValue(ADMIN_FLAGS), []);
  if ("asks" in flags) return flags;
  const [action = "", surplus] = flags.arguments;
  if (!hasAction(ADMIN_ACTIONS, action)) throw usage('"admin" is followed by passwd');
  if (surplus !== undefined) throw usage(`"${escapeText(surplus)}" is one argument too many`);
  return {
    administer: "passwd",
    credentials: flags.text("credentials") ?? "credentials.txt",
    passwordFile: flags.text("password-file"),
  };
}
