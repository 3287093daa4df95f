/**
 * All or nothing.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";

/** Runs `change` and commits what it did; if either fails, nothing of it was done. */
export function inTransaction<T>(db: DatabaseSync, change: () => T): T {
  db.exec("BEGIN IMMEDIATE");
  try {
    const result = change();
    db.exec("COMMIT");
    return result;
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
