/**
 * A start, in a process of its own: `load.ts ours|bare <file>` says what it took.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { Index } from "../../lib/index/index.ts";
import { Accounts } from "../../lib/index/login/accounts.ts";
import { SqliteJournal } from "../../lib/store/sqlite_journal.ts";
import { tell } from "../lines.ts";

/** What a start took: time, and memory of the whole process. */
export interface Loaded {
  readonly ms: number;
  readonly bytes: number;
}

async function loadOurs(path: string): Promise<void> {
  await using journal = new SqliteJournal(path);
  new Index(Accounts.parse("hans pw-hans"), { journal });
}

function loadBare(path: string): void {
  using db = new DatabaseSync(path, { readOnly: true });
  for (const _ of db.prepare("SELECT user, name, size, file FROM publications").iterate());
}

const [whose, path] = Deno.args;
const began = performance.now();
await (whose === "ours" ? loadOurs : loadBare)(path!);
const loaded: Loaded = { ms: performance.now() - began, bytes: Deno.memoryUsage().rss };
tell(loaded);
