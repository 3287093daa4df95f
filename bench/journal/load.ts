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

declare const gc: () => void;

/** What a start took. */
export interface Loaded {
  readonly ms: number;
  /** Memory of the whole process. */
  readonly residentBytes: number;
  /** Memory of what was loaded. */
  readonly loadedBytes: number;
}

async function loadOurs(path: string): Promise<Loaded> {
  const [before, began] = [memory(), performance.now()];
  await using journal = new SqliteJournal(path);
  const index = new Index(Accounts.parse("hans pw-hans"), { journal });
  const ms = performance.now() - began;
  const residentBytes = Deno.memoryUsage().rss;
  const loadedBytes = memory() - before;
  index.knows({ hostname: "127.0.0.1", port: 1 }, 0); // Until here the index is in memory.
  return { ms, residentBytes, loadedBytes };
}

function loadBare(path: string): Loaded {
  const began = performance.now();
  using db = new DatabaseSync(path, { readOnly: true });
  const rows = db.prepare("SELECT user, name, size, file FROM publications").iterate();
  let count = 0;
  for (const _ of rows) count++;
  if (count === 0) throw new Error("there are no rows");
  return { ms: performance.now() - began, residentBytes: 0, loadedBytes: 0 };
}

/** Bytes in use; buffers are given back only after a second collection. */
function memory(): number {
  gc();
  gc();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

const [whose, path] = Deno.args;
tell(whose === "ours" ? await loadOurs(path!) : loadBare(path!));
