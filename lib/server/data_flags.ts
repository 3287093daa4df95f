/**
 * The command line after `bittrickle-server data`.
 *
 * @module
 */

import { namesWithValue } from "../cli/manual/manual.ts";
import { escapeText } from "../protocol/escape.ts";
import { parseFlags, type TextRequest, usage } from "../cli/parse_flags.ts";
import { DATA_ACTIONS, DATA_FLAGS, hasAction, notAnAction } from "./flag_table.ts";

/** Where a server keeps its catalogue unless told otherwise. */
export const DATA_FILE = "bittrickle.db";

/** Stands for no file at all. */
export const MEMORY = ":memory:";

/** What to do with the data file. */
export type DataTask = "check" | "export" | "import";

/** What the command line says. */
export interface DataFlags {
  readonly task: DataTask;
  readonly data: string;
}

/**
 * Reads the command line after `bittrickle-server data`.
 *
 * @throws {BitTrickleError} `usage`
 */
export function parseDataFlags(args: readonly string[]): DataFlags | TextRequest {
  const flags = parseFlags(args, namesWithValue(DATA_FLAGS), []);
  if ("asks" in flags) return flags;
  const [task = "", surplus] = flags.arguments;
  if (!hasAction(DATA_ACTIONS, task)) throw notAnAction("data", DATA_ACTIONS, task);
  if (surplus !== undefined) throw usage(`"${escapeText(surplus)}" is one argument too many`);
  const data = flags.text("data") ?? DATA_FILE;
  if (data === MEMORY) throw usage(`data ${task} needs a file, not ${MEMORY}`);
  return { task: task as DataTask, data };
}
