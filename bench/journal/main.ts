/**
 * How close the index's disk comes to bare SQLite: `deno task bench:journal`. In the folder that
 * `TMPDIR` names, which should be on the disk that matters.
 *
 * @module
 */

import { toStderr, toStdout } from "../../lib/cli/write.ts";
import { formatJson, formatTable } from "../table.ts";
import { TempFolder } from "../temp_folder.ts";
import { measureCommits } from "./commits.ts";
import { measureStart } from "./start.ts";

if (import.meta.main) {
  await using folder = await TempFolder.create();
  toStderr("measuring commits …\n");
  const commits = await measureCommits(folder.path);
  toStderr("measuring starts …\n");
  const starts = await measureStart(folder.path, new AbortController().signal);
  const result = {
    rows: [...commits.rows, ...starts.rows],
    notes: [...commits.notes, ...starts.notes],
  };
  toStdout(Deno.args.includes("--json") ? formatJson(result) : formatTable(result));
}
