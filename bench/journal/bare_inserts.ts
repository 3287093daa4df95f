/**
 * The limit: nothing but SQLite.
 *
 * @module
 */

import { DatabaseSync, type StatementSync } from "node:sqlite";
import { fileAt } from "./files.ts";

/** Inserts rows in batches. */
export class BareInserts implements Disposable {
  readonly #db: DatabaseSync;
  readonly #insert: StatementSync;
  #count = 0;

  constructor(path: string) {
    this.#db = new DatabaseSync(path);
    this.#db.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      CREATE TABLE files (user TEXT, name TEXT, size INTEGER, id TEXT, PRIMARY KEY (user, name))
        WITHOUT ROWID`);
    this.#insert = this.#db.prepare("INSERT INTO files VALUES (?, ?, ?, ?)");
  }

  /** Inserts `count` rows in one transaction. */
  commit(count: number): void {
    this.#db.exec("BEGIN");
    for (let i = 0; i < count; i++) {
      const { user, name, details } = fileAt(this.#count++);
      this.#insert.run(user, name, details!.size, details!.id);
    }
    this.#db.exec("COMMIT");
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }
}
