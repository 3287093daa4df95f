/**
 * What the index's journal costs in process: publications until they are on the disk, and a start
 * with all of them, against SQLite alone. `journal_bench.ts <folder> <publications at the start>`
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { Publications } from "../lib/index/catalogue/publications.ts";
import { Index } from "../lib/index/index.ts";
import { Accounts } from "../lib/index/login/accounts.ts";
import { SqliteJournal } from "../lib/store/sqlite_journal.ts";
import { fileAt, fillData } from "./journal/files.ts";
import { PLAIN_SHARE } from "../lib/protocol/share.ts";

/** A user in protocol 1. */
function plain(user: string) {
  return { user, share: PLAIN_SHARE };
}

const [folder, count] = Deno.args;
/** Publications at once: so many go into each transaction. */
const AT_ONCE = [1, 16, 256];
/** Enough turns for 99 % of them to mean something; a start takes seconds. */
const COMMITS = { n: 500, warmup: 50 };
const STARTS = { n: 3, warmup: 1 };

const BARE_TABLE = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE files (user TEXT, name TEXT, size INTEGER, id TEXT, PRIMARY KEY (user, name))
    WITHOUT ROWID`;

const publications = new Publications(new SqliteJournal(`${folder}/ours.db`));
const db = new DatabaseSync(`${folder}/bare.db`);
db.exec(BARE_TABLE);
const statement = db.prepare("INSERT INTO files VALUES (?, ?, ?, ?)");
let [published, inserted] = [0, 0];

async function publish(): Promise<void> {
  const { user, name, details } = fileAt(published++);
  const reply = await publications.publish(plain(user), [{ name, details: details! }]);
  if (reply.kind !== "published") throw new Error(`the journal replied ${reply.kind}`);
}

function insert(): void {
  const { user, name, details } = fileAt(inserted++);
  statement.run(user, name, details!.size, details!.id!);
}

for (const atOnce of AT_ONCE) {
  const group = `${atOnce} at once, until acknowledged`;
  Deno.bench("ours", { group, ...COMMITS }, async () => {
    await Promise.all(Array.from({ length: atOnce }, publish));
  });
  Deno.bench("SQLite", { group, baseline: true, ...COMMITS }, () => {
    db.exec("BEGIN");
    for (let i = 0; i < atOnce; i++) insert();
    db.exec("COMMIT");
  });
}

const full = `${folder}/full.db`;
fillData(full, Array.from({ length: Number(count) }, (_, i) => fileAt(i)));

const group = `start with ${Number(count).toLocaleString("en")} publications`;
Deno.bench("ours", { group, ...STARTS }, async () => {
  await using journal = new SqliteJournal(full);
  new Index(Accounts.parse("hans pw-hans"), { journal });
});
Deno.bench("SQLite", { group, baseline: true, ...STARTS }, () => {
  using db = new DatabaseSync(full, { readOnly: true });
  for (const _ of db.prepare("SELECT user, name, size, file FROM publications").iterate());
});
