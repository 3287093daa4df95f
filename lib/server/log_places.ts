/**
 * Where a log may be written.
 *
 * @module
 */

import { allNamesOf, assertApart, indexFilesOf } from "./data/index_files.ts";
import type { ServeFlags } from "./flags/serve_flags.ts";

/**
 * Makes sure that no line of a log is appended to a file of the index.
 *
 * @throws {BitTrickleError} `usage`
 */
export async function assertLogsApart(
  { data, credentials, logFile, audit }: ServeFlags,
): Promise<void> {
  const names = allNamesOf(await indexFilesOf(data, credentials));
  if (logFile !== undefined) await assertApart(logFile, names, "the log");
  if (audit !== undefined) await assertApart(audit, names, "the audit trail");
}
