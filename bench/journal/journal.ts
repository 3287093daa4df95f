/**
 * What it costs to keep publications on the disk, against SQLite alone.
 *
 * @module
 */

import type { PartOptions, Result } from "../table.ts";
import { measureCommits } from "./commits.ts";
import { measureStarts } from "./starts.ts";

/** Measures commits and starts. */
export async function measureJournal(options: PartOptions): Promise<Result> {
  const [commits, starts] = [await measureCommits(options), await measureStarts(options)];
  return {
    rows: [...commits.rows, ...starts.rows],
    notes: [...commits.notes, ...starts.notes],
  };
}
