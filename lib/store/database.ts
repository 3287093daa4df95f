/**
 * Opening the data file: checked before anything in it is believed or changed.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { BitTrickleError } from "../errors.ts";
import { escapeText } from "../protocol/escape.ts";
import { BACKUP, damaged, diskFault, FOREIGN, TOO_NEW, unusable } from "./disk_fault.ts";
import { assertRestored } from "./restore_mark.ts";
import { isBackup, isOurs, migrate, MIGRATIONS, versionOf } from "./schema.ts";

/** How long a commit waits for another program that writes to the file: less than clients wait. */
const BUSY_MS = 2_000;

/** The write-ahead log shrinks to this after a burst, in bytes: a few of SQLite's checkpoints. */
const LOG_BYTES = 16 * 1_024 * 1_024;

/**
 * Opens the data file at `path` for writing; makes it, for its owner's eyes only, if it is not there.
 *
 * @throws {BitTrickleError} `disk` if it is damaged, not BitTrickle's, too new, or cannot be written
 */
export function openData(path: string, migrations = MIGRATIONS): DatabaseSync {
  return open(path, () => {
    createPrivately(path);
    return new DatabaseSync(path);
  }, (db) => {
    prove(db, path, migrations.length);
    prepareToWrite(db);
    migrate(db, migrations);
  });
}

/**
 * Opens the data file at `path` for reading, beside a server that may write to it.
 *
 * @throws {BitTrickleError} `disk` as above, or `not_found`
 */
export function openDataForReading(path: string): DatabaseSync {
  assertRestored(path);
  if (!exists(path)) {
    const message = `There is no data file "${escapeText(path)}": name it with --data`;
    throw new BitTrickleError("not_found", message);
  }
  return open(path, () => new DatabaseSync(path, { readOnly: true }), (db) => {
    prove(db, path, MIGRATIONS.length);
    if (versionOf(db) === MIGRATIONS.length) return;
    const advice = "A server that starts with it brings it up to date";
    throw unusable(path, { reason: "it is of an older version", advice });
  });
}

/** Makes every commit on `db` survive a crash of the machine, and wait for nobody who reads. */
export function prepareToWrite(db: DatabaseSync): void {
  db.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
  db.exec("PRAGMA journal_mode = WAL");
  db.exec("PRAGMA synchronous = FULL");
  db.exec(`PRAGMA journal_size_limit = ${LOG_BYTES}`);
}

/** The first thing that is wrong with the pages of `db`. */
export function damageIn(
  db: DatabaseSync,
  check: "quick_check" | "integrity_check",
): string | undefined {
  const found = String(Object.values(db.prepare(`PRAGMA ${check}(1)`).get() ?? {})[0]);
  return found === "ok" ? undefined : found.replaceAll("\n", " ");
}

/** Opens a database and prepares it; one that cannot be used is closed again. */
function open(
  path: string,
  connect: () => DatabaseSync,
  prepare: (db: DatabaseSync) => void,
): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    assertRestored(path);
    db = connect();
    prepare(db);
    return db;
  } catch (error) {
    db?.close();
    throw error instanceof BitTrickleError ? error : unusable(path, diskFault(error), error);
  }
}

function prove(db: DatabaseSync, path: string, newest: number): void {
  if (isBackup(db)) throw unusable(path, BACKUP);
  if (!isOurs(db)) throw unusable(path, FOREIGN);
  if (versionOf(db) > newest) throw unusable(path, TOO_NEW);
  const damage = damageIn(db, "quick_check");
  if (damage) throw damaged(path, damage);
}

function createPrivately(path: string): void {
  if (!exists(path)) Deno.openSync(path, { write: true, createNew: true, mode: 0o600 }).close();
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
