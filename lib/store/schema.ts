/**
 * The tables of the data file, and how older ones become these.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { PLAIN_SHARE } from "../protocol/share.ts";
import { inTransaction } from "./transaction.ts";

/** Marks a file as BitTrickle's, in its header: `BTRK`. */
export const APPLICATION_ID = 0x4254524b;

/** Marks a backup: `BTBK`. */
export const BACKUP_ID = 0x4254424b;

/**
 * What makes each version of the schema out of the one before, from an empty file on. Those that have
 * been released are never changed; new ones go to the end.
 *
 * The file holds of each publication the last event only. Events about different publications can
 * change places without changing the catalogue, so nothing else of the journal is ever needed, and
 * the file cannot grow by publishing and withdrawing the same.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE users (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
  ) STRICT;
  CREATE TABLE publications (
    user INTEGER NOT NULL REFERENCES users (id),
    name TEXT NOT NULL,
    size INTEGER, -- NULL if nothing is known of the file
    file BLOB,    -- its id; NULL if nobody has computed it
    PRIMARY KEY (name, user) -- The order in which a start reads them.
  ) STRICT, WITHOUT ROWID;
  `,
  // What was published before there were shares goes to the one of protocol 1.
  `
  CREATE TABLE publishers (
    id    INTEGER PRIMARY KEY,
    user  TEXT NOT NULL,
    share TEXT NOT NULL, -- in hexadecimal
    UNIQUE (user, share)
  ) STRICT;
  INSERT INTO publishers SELECT id, name, '${PLAIN_SHARE}' FROM users;
  ALTER TABLE publications RENAME TO former_publications;
  CREATE TABLE publications (
    publisher INTEGER NOT NULL REFERENCES publishers (id),
    name      TEXT NOT NULL,
    size      INTEGER, -- NULL if nothing is known of the file
    file      BLOB,    -- its id; NULL if nobody has computed it
    PRIMARY KEY (name, publisher) -- The order in which a start reads them.
  ) STRICT, WITHOUT ROWID;
  INSERT INTO publications SELECT user, name, size, file FROM former_publications;
  DROP TABLE former_publications;
  DROP TABLE users;
  `,
  // The id of the catalogue: one row, see `catalogue_id.ts`.
  `
  CREATE TABLE catalogue (
    id TEXT NOT NULL -- in hexadecimal
  ) STRICT;
  INSERT INTO catalogue VALUES (lower(hex(randomblob(8))));
  `,
];

/** The version of the schema that `db` has; 0 for an empty file. */
export function versionOf(db: DatabaseSync): number {
  return pragma(db, "user_version");
}

/** Whether `db` is BitTrickle's, or an empty file that may become it. */
export function isOurs(db: DatabaseSync): boolean {
  if (pragma(db, "application_id") === APPLICATION_ID) return true;
  const isEmpty = db.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() === undefined;
  return isEmpty && versionOf(db) === 0;
}

/** Whether `db` is a backup, which is no data file. */
export function isBackup(db: DatabaseSync): boolean {
  return pragma(db, "application_id") === BACKUP_ID;
}

/** Brings `db` up to the newest version, whole or not at all. */
export function migrate(db: DatabaseSync, migrations: readonly string[] = MIGRATIONS): void {
  const version = versionOf(db);
  if (version === migrations.length) return;
  inTransaction(db, () => {
    for (const migration of migrations.slice(version)) db.exec(migration);
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    db.exec(`PRAGMA user_version = ${migrations.length}`);
  });
}

function pragma(db: DatabaseSync, name: string): number {
  return db.prepare(`PRAGMA ${name}`).get()![name] as number;
}
