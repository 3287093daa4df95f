/**
 * A start, in a process of its own: `load.ts ours|bare <file>` says how long it took.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { toStdout } from "../../lib/cli/write.ts";
import { Accounts } from "../../lib/index/login/accounts.ts";
import { Index } from "../../lib/index/index.ts";
import { SqliteJournal } from "../../lib/store/sqlite_journal.ts";

/** What a start took. */
export interface Loaded {
  readonly ms: number;
  readonly bytes: number;
}

async function loadOurs(path: string): Promise<number> {
  const began = performance.now();
  await using journal = new SqliteJournal(path);
  new Index(Accounts.parse("hans pw-hans"), { journal });
  return performance.now() - began;
}

function loadBare(path: string): number {
  const began = performance.now();
  using db = new DatabaseSync(path, { readOnly: true });
  const rows = db.prepare("SELECT user, name, size, file FROM publications").iterate();
  let count = 0;
  for (const _ of rows) count++;
  if (count === 0) throw new Error("there are no rows");
  return performance.now() - began;
}

if (import.meta.main) {
  const [whose, path] = Deno.args;
  const ms = whose === "ours" ? await loadOurs(path!) : loadBare(path!);
  const loaded: Loaded = { ms, bytes: Deno.memoryUsage().rss };
  toStdout(`${JSON.stringify(loaded)}\n`);
}
