/**
 * The command line after `bittrickle-server status`, and where a server tells its status.
 *
 * @module
 */

import { namesOfSwitches, namesWithValue } from "../../cli/manual/manual.ts";
import { parseFlags, type TextRequest, usage } from "../../cli/parse_flags.ts";
import { escapeText } from "../../protocol/escape.ts";
import { DATA_FILE, MEMORY } from "./data_flags.ts";
import { STATUS_FLAGS } from "./flag_table.ts";

/** How to show it: to a person, to a program, or to Prometheus. */
export type StatusFormat = "table" | "json" | "metrics";

/** What the command line says. */
export interface StatusFlags {
  /** Where the server tells its status. */
  readonly statusSocket: string;
  readonly format: StatusFormat;
  /** Whether to show it again and again. */
  readonly isWatched: boolean;
}

/** Whether systems of this kind have sockets in files that this runtime knows. */
const HAS_SOCKETS = Deno.build.os !== "windows";

/**
 * Where a server with the data file `data` tells its status, unless it was `told` somewhere else.
 * Nothing if it has no file and was told none, or there can be none here.
 *
 * @throws {BitTrickleError} `usage` if it was told one and there can be none here
 */
export function statusSocketFor(data: string, told: string | undefined): string | undefined {
  if (told !== undefined && !HAS_SOCKETS) throw usage("--status-socket is not there on Windows");
  if (told !== undefined || !HAS_SOCKETS || data === MEMORY) return told;
  return `${data}.sock`;
}

/**
 * Reads the command line after `bittrickle-server status`.
 *
 * @throws {BitTrickleError} `usage`
 */
export function parseStatusFlags(args: readonly string[]): StatusFlags | TextRequest {
  const flags = parseFlags(args, namesWithValue(STATUS_FLAGS), namesOfSwitches(STATUS_FLAGS));
  if ("asks" in flags) return flags;
  const [surplus] = flags.arguments;
  if (surplus !== undefined) throw usage(`"${escapeText(surplus)}" is one argument too many`);
  const statusSocket = statusSocketFor(
    flags.text("data") ?? DATA_FILE,
    flags.text("status-socket"),
  );
  if (statusSocket === undefined) throw usage(whyNone());
  const isBoth = flags.has("json") && flags.has("metrics");
  if (isBoth) throw usage("--json and --metrics are two formats");
  const format = flags.has("json") ? "json" : flags.has("metrics") ? "metrics" : "table";
  const isWatched = flags.has("watch");
  if (isWatched && format === "metrics") throw usage("--watch does not go with --metrics");
  return { statusSocket, format, isWatched };
}

function whyNone(): string {
  return HAS_SOCKETS
    ? `a server with --data ${MEMORY} tells its status only at a --status-socket`
    : "status is not there on Windows";
}
