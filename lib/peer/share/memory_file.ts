/**
 * The file in which a client remembers things: opened, brought up to date, set aside when it is
 * damaged, and never removed.
 *
 * @module
 */

import { lstatIfThereSync } from "./inode.ts";
import { delay } from "@std/async/delay";
import { dirname } from "@std/path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { BitTrickleError } from "../../errors.ts";
import { technicalReason } from "../../system_fault.ts";

/** How long one call waits for another client that is writing, in milliseconds: heartbeats wait too. */
const BUSY_MS = 500;

/** How long to wait for other clients that are opening the file, in milliseconds. */
const OPEN_MS = 3_000;

/** Pause before a file that is in use is tried again, in milliseconds. */
const AGAIN_MS = 20;

/** Pages that are written before they are moved to their places, which waits for the disk: 16 MiB. */
const CHECKPOINT_PAGES = 4_096;

/** What the system keeps beside the file; moved first, for a new file must never find them. */
const COMPANIONS = ["-wal", "-shm"];

/** What SQLite calls damage: SQLITE_CORRUPT and SQLITE_NOTADB. Deno seldom tells their numbers. */
const DAMAGE = /database disk image is malformed|malformed database schema|file is not a database/;

/** SQLITE_BUSY, SQLITE_LOCKED and SQLITE_PROTOCOL. */
const BUSY = /is locked|locking protocol/;

/**
 * What makes each version of the schema out of the one before. A file that was made before versions
 * were counted has version 0, like an empty one.
 */
const MIGRATIONS: readonly string[] = [
  `
  -- The column shelf holds the place that a name was published from. Files of users have it.
  CREATE TABLE IF NOT EXISTS published (
    shelf TEXT, name TEXT, PRIMARY KEY (shelf, name)
  ) WITHOUT ROWID;
  DROP TABLE IF EXISTS hashes; -- They do not tell enough of the state in which a file was hashed.
  CREATE TABLE hashes (
    path TEXT PRIMARY KEY, state TEXT, id TEXT, layer BLOB, used INTEGER
  ) WITHOUT ROWID;
  `,
  `
  CREATE TABLE shares (
    user TEXT, folder TEXT, share TEXT, PRIMARY KEY (user, folder)
  ) WITHOUT ROWID;
  `,
  `
  -- What was hashed of a publication, and whether the index has confirmed that. Of one that an older
  -- version kept nothing is known but its name.
  ALTER TABLE published ADD COLUMN size INTEGER;
  ALTER TABLE published ADD COLUMN id TEXT;
  ALTER TABLE published ADD COLUMN told INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX published_by_id ON published (id);
  -- To which catalogue of the index that belongs.
  CREATE TABLE catalogues (shelf TEXT PRIMARY KEY, catalogue TEXT) WITHOUT ROWID;
  `,
  `
  -- When hashes that nobody asks for any more were dropped, in milliseconds since 1970. One row.
  CREATE TABLE cleaned (at INTEGER NOT NULL);
  INSERT INTO cleaned VALUES (0);
  `,
];

/** Whether SQLite threw `error` because what is in the file cannot be right. */
export function isDamage(error: unknown): boolean {
  return DAMAGE.test(technicalReason(error));
}

/**
 * Opens the memory file at `path`; makes it, for its owner's eyes only, if it is not there. Waits for
 * other clients that are doing the same.
 *
 * @throws whatever SQLite or the system throws, see {@linkcode isDamage}
 */
export async function openMemoryFile(path: string): Promise<DatabaseSync> {
  await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
  for (const deadline = performance.now() + OPEN_MS;;) {
    try {
      return openAtOnce(path);
    } catch (error) {
      if (!BUSY.test(technicalReason(error)) || performance.now() > deadline) throw error;
    }
    await delay(AGAIN_MS);
  }
}

/** The same in no file at all. */
export function openWithoutFile(): DatabaseSync {
  return prepare(new DatabaseSync(":memory:"));
}

/** What came of replacing a damaged file. */
export interface Replaced {
  readonly db: DatabaseSync;
  /** Where the damaged one is, unless another client has replaced it already. */
  readonly aside: string | undefined;
}

/**
 * Sets the damaged file at `path`, which nobody in this process has open, aside, and makes a new one
 * with what can still be read of the publications and shares.
 *
 * @throws whatever SQLite or the system throws
 */
export function replaceDamaged(path: string): Replaced {
  const sound = openIfSound(path);
  if (sound) return { db: sound, aside: undefined };
  const aside = setAside(path);
  const db = openAtOnce(path);
  salvage(aside, db);
  return { db, aside };
}

function openAtOnce(path: string): DatabaseSync {
  createPrivately(path);
  return prepare(new DatabaseSync(path));
}

function prepare(db: DatabaseSync): DatabaseSync {
  try {
    db.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
    if (versionOf(db) > MIGRATIONS.length) {
      throw new BitTrickleError("disk", "a newer BitTrickle has written it");
    }
    // Switching takes the file for oneself, however many only want to see that it is done.
    if (pragma(db, "journal_mode") === "delete") db.exec("PRAGMA journal_mode = WAL");
    db.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    db.exec("PRAGMA synchronous = NORMAL"); // A power cut costs the last entries, never the file.
    migrate(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function openIfSound(path: string): DatabaseSync | undefined {
  try {
    const db = openAtOnce(path);
    if (pragma(db, "quick_check") === "ok") return db;
    db.close();
  } catch (error) {
    if (!isDamage(error)) throw error;
  }
}

/** Returns where the file is then. */
function setAside(path: string): string {
  const from = Deno.realPathSync(path);
  const to = freeNameFor(from);
  for (const end of [...COMPANIONS, ""]) {
    try {
      Deno.renameSync(from + end, to + end);
    } catch (error) {
      if (end === "" || !(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return to;
}

/** What cannot be found out again, each with the columns of its key, and all that are kept. */
const SALVAGED = [
  { table: "published", key: ["shelf", "name"], columns: ["shelf", "name"] },
  { table: "shares", key: ["user", "folder"], columns: ["user", "folder", "share"] },
] as const;

/** Copies into `db` what can still be read of that in the damaged file at `path`. */
function salvage(path: string, db: DatabaseSync): void {
  using damaged = new DatabaseSync(path);
  for (const { table, key, columns } of SALVAGED) {
    const names = columns.join(", ");
    const values = columns.map(() => "?").join(", ");
    const add = db.prepare(`INSERT OR IGNORE INTO ${table} (${names}) VALUES (${values})`);
    // From both ends up to the damage.
    for (const order of ["ASC", "DESC"]) {
      const sorted = key.map((column) => `${column} ${order}`).join(", ");
      copyRows(damaged, `SELECT ${names} FROM ${table} ORDER BY ${sorted}`, add);
    }
  }
}

function copyRows(from: DatabaseSync, sql: string, add: StatementSync): void {
  try {
    for (const row of from.prepare(sql).iterate()) add.run(...Object.values(row));
  } catch {
    // There is the damage, or a version that had no such table.
  }
}

function migrate(db: DatabaseSync): void {
  if (versionOf(db) === MIGRATIONS.length) return;
  db.exec("BEGIN IMMEDIATE");
  try {
    for (const migration of MIGRATIONS.slice(versionOf(db))) db.exec(migration);
    // Another client may have been quicker, and newer.
    if (versionOf(db) < MIGRATIONS.length) db.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
    db.exec("COMMIT");
  } catch (error) {
    rollBack(db);
    throw error;
  }
}

function rollBack(db: DatabaseSync): void {
  try {
    db.exec("ROLLBACK");
  } catch {
    // Some failures, a full disk among them, have rolled back already.
  }
}

function versionOf(db: DatabaseSync): number {
  return pragma(db, "user_version") as number;
}

function pragma(db: DatabaseSync, name: string): unknown {
  return db.prepare(`PRAGMA ${name}`).get()?.[name];
}

/** To open and close a file that SQLite has open would take its locks away. */
function createPrivately(path: string): void {
  try {
    Deno.statSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    Deno.openSync(path, { write: true, create: true, mode: 0o600 }).close();
  }
}

function freeNameFor(path: string): string {
  const time = new Date().toISOString().replaceAll(/[:.]/g, "-");
  for (let i = 0;; i++) {
    const name = `${path}.damaged-${time}${i === 0 ? "" : `-${i}`}`;
    if (!lstatIfThereSync(name)) return name;
  }
}
