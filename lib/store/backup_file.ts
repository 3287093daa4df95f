/**
 * A backup of an index in one file: a copy of the data file, with two tables more.
 *
 *     backup        one row: version, 1; time; SHA-256 over all rows of the other tables
 *     backup_files  the small files of the server: name, bytes, SHA-256
 *
 * @module
 */

import { createHash } from "node:crypto";
import { backup, DatabaseSync } from "node:sqlite";
import { BitTrickleError } from "../errors.ts";
import { damageIn, openDataForReading } from "./database.ts";
import {
  backupFault,
  backupFaultOf,
  type DiskFault,
  diskFault,
  diskFaultOfBackup,
  unusable,
} from "./disk_fault.ts";
import { APPLICATION_ID, BACKUP_ID, isBackup, MIGRATIONS, versionOf } from "./schema.ts";
import { inTransaction } from "./transaction.ts";

const VERSION = 1;
/** How many pages are copied at once. */
const ALL_PAGES = 2 ** 31 - 1;
const TABLES = `
  CREATE TABLE backup (version INTEGER NOT NULL, time TEXT NOT NULL, sum BLOB NOT NULL) STRICT;
  CREATE TABLE backup_files (
    name TEXT PRIMARY KEY, bytes BLOB NOT NULL, sum BLOB NOT NULL
  ) STRICT;`;
const NAMES_OF_TABLES = `
  SELECT name FROM sqlite_schema
  WHERE type = 'table' AND name NOT IN ('backup', 'backup_files') ORDER BY name`;

const FOREIGN_FILE: DiskFault = { reason: "it holds what is no file of an index" };

/** A small file that a backup holds beside the data. */
export interface BackupFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * A data file as it was when this was opened, whatever a server writes to it later, and even if a
 * restore puts another in its place.
 */
export class DataSnapshot implements Disposable {
  readonly #path: string;
  readonly #db: DatabaseSync;

  /**
   * @param path The data file, which a server may be writing to
   * @throws {BitTrickleError} `disk`, `not_found`
   */
  constructor(path: string) {
    using onFault = new DisposableStack();
    this.#path = path;
    this.#db = onFault.adopt(openDataForReading(path), (db) => db.close());
    try {
      this.#db.exec("BEGIN");
      this.#db.prepare("SELECT count(*) FROM sqlite_schema").get(); // It begins with this.
    } catch (error) {
      throw unusable(path, diskFault(error), error);
    }
    onFault.move();
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }

  /**
   * Copies it into the empty file at `path`, and `files` with it.
   *
   * @param name What the backup is to be called
   * @throws {BitTrickleError} `disk`
   */
  async saveAt(path: string, name: string, files: readonly BackupFile[]): Promise<void> {
    try {
      await backup(this.#db, path, { rate: ALL_PAGES });
      using copy = new DatabaseSync(path);
      copy.exec("PRAGMA journal_mode = DELETE"); // One file, without a log beside it.
      copy.exec("PRAGMA synchronous = FULL");
      inTransaction(copy, () => addFiles(copy, files));
    } catch (error) {
      throw backupFaultOf(this.#path, name, error);
    }
  }
}

/**
 * Makes a data file of `copy`, a copy of a backup, and returns the small files that it held. Its
 * catalogue gets a new id: what was published after the backup is not in it, so that clients have to
 * tell it again.
 *
 * @param name What the backup itself is called
 * @param known What its small files may be called: their names become those of files
 * @throws {BitTrickleError} `disk` if it is damaged, no backup, or of a newer version
 */
export function unpackBackup(
  copy: string,
  name: string,
  known: readonly string[],
): BackupFile[] {
  try {
    using db = new DatabaseSync(copy);
    const fault = faultOf(db);
    if (fault !== undefined) throw unusable(name, fault);
    const files = filesIn(db, name, known);
    db.exec("PRAGMA synchronous = FULL");
    inTransaction(db, () => {
      db.exec("DROP TABLE backup; DROP TABLE backup_files");
      db.exec("UPDATE catalogue SET id = lower(hex(randomblob(8)))");
      db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    });
    return files;
  } catch (error) {
    throw error instanceof BitTrickleError
      ? error
      : unusable(name, diskFaultOfBackup(error), error);
  }
}

function addFiles(db: DatabaseSync, files: readonly BackupFile[]): void {
  const sum = sumOfRows(db);
  db.exec(TABLES);
  const time = new Date().toISOString();
  db.prepare("INSERT INTO backup VALUES (?, ?, ?)").run(VERSION, time, sum);
  const add = db.prepare("INSERT INTO backup_files VALUES (?, ?, ?)");
  for (const { name, bytes } of files) add.run(name, bytes, sha256(bytes));
  db.exec(`PRAGMA application_id = ${BACKUP_ID}`);
}

/** Why `db` cannot be brought back. */
function faultOf(db: DatabaseSync): DiskFault | undefined {
  if (!isBackup(db)) return backupFault("it is no backup of an index");
  const damage = damageIn(db, "integrity_check");
  if (damage) return backupFault(`it is damaged (${damage})`);
  const { version, sum } = db.prepare("SELECT version, sum FROM backup").get() ?? {};
  if (version !== VERSION || versionOf(db) > MIGRATIONS.length) {
    return { reason: "a newer BitTrickle has made it", advice: "Restore it with that one" };
  }
  if (!isSame(sum, sumOfRows(db))) {
    return backupFault("it is damaged: rows have changed since it was made");
  }
}

function filesIn(db: DatabaseSync, backup: string, known: readonly string[]): BackupFile[] {
  const rows = db.prepare("SELECT name, bytes, sum FROM backup_files").all();
  return rows.map(({ name, bytes, sum }) => {
    if (!known.includes(name as string)) throw unusable(backup, FOREIGN_FILE);
    if (isSame(sum, sha256(bytes as Uint8Array))) {
      return { name: name as string, bytes: bytes as Uint8Array };
    }
    throw new Error(`malformed: ${name} has changed since the backup was made`);
  });
}

/** SHA-256 over all rows of all tables that a data file has. */
function sumOfRows(db: DatabaseSync): Uint8Array {
  const hash = createHash("sha256");
  for (const { name } of db.prepare(NAMES_OF_TABLES).all()) {
    hash.update(`${name}\n`);
    for (const row of db.prepare(`SELECT * FROM "${name}"`).iterate()) {
      const values = Object.values(row as Record<string, unknown>);
      hash.update(`${JSON.stringify(values.map(textOf))}\n`);
    }
  }
  return new Uint8Array(hash.digest());
}

function textOf(value: unknown): unknown {
  return value instanceof Uint8Array ? value.toHex() : value;
}

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(bytes).digest());
}

function isSame(sum: unknown, expected: Uint8Array): boolean {
  return sum instanceof Uint8Array && sum.toHex() === expected.toHex();
}
