/**
 * What a client remembers of files: their hashes, so that none is read twice, and what it published
 * from where, so that an index cannot make it serve anything else.
 *
 * @module
 */

import { dirname } from "@std/path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { FileState } from "./file_state.ts";
import type { Identity } from "./shelf.ts";

/** Hashes that nobody asked for in this time are forgotten, in milliseconds. */
const KEPT_MS = 180 * 24 * 3_600_000;

/** How long to wait for another client that is writing, in milliseconds. */
const BUSY_MS = 2_000;

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = OFF; -- what is lost here is computed again
  PRAGMA busy_timeout = ${BUSY_MS};
  CREATE TABLE IF NOT EXISTS hashes (
    path TEXT PRIMARY KEY, size INTEGER, modified TEXT, id TEXT, layer BLOB, used INTEGER
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS published (
    shelf TEXT, name TEXT, PRIMARY KEY (shelf, name)
  ) WITHOUT ROWID;`;

/** Remembers across restarts. Several clients may share one file. */
export class FileMemory implements Disposable {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  private constructor(path: string) {
    this.#database = new DatabaseSync(path);
    this.#database.exec(SCHEMA);
  }

  /**
   * Opens the memory at `path`, which need not be there. One that cannot be used is as good as none:
   * then everything is forgotten at the end.
   */
  static async open(path: string | undefined): Promise<FileMemory> {
    if (path === undefined) return FileMemory.forgetful();
    try {
      await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
      (await Deno.open(path, { write: true, create: true, mode: 0o600 })).close();
      return FileMemory.#openExisting(path);
    } catch {
      await Deno.remove(path).catch(() => {});
      return FileMemory.forgetful();
    }
  }

  static #openExisting(path: string): FileMemory {
    const memory = new FileMemory(path);
    memory.#run("DELETE FROM hashes WHERE used < ?", Date.now() - KEPT_MS);
    return memory;
  }

  /** A memory that is forgotten at the end. */
  static forgetful(): FileMemory {
    return new FileMemory(":memory:");
  }

  /** The identity of the file at `path`, if it is still what it was when it was hashed. */
  identityOf(path: string, { size, modified }: FileState): Identity | undefined {
    const sql = "SELECT id, layer FROM hashes WHERE path = ? AND size = ? AND modified = ?";
    const row = this.#statement(sql).get(path, size, String(modified));
    if (!row) return undefined;
    this.#run("UPDATE hashes SET used = ? WHERE path = ?", Date.now(), path);
    return { id: row.id as string, layer: row.layer as Uint8Array, state: { size, modified } };
  }

  /** Remembers what the file at `path` is. */
  remember(path: string, { id, layer, state }: Identity): void {
    const sql = "INSERT OR REPLACE INTO hashes VALUES (?, ?, ?, ?, ?, ?)";
    this.#run(sql, path, state.size, String(state.modified), id, layer, Date.now());
  }

  /** Remembers that `name` was published from `shelf`. */
  published(shelf: string, name: string): void {
    this.#run("INSERT OR IGNORE INTO published VALUES (?, ?)", shelf, name);
  }

  /** Remembers that `name` is not published from `shelf` any more. */
  withdrawn(shelf: string, name: string): void {
    this.#run("DELETE FROM published WHERE shelf = ? AND name = ?", shelf, name);
  }

  /** Whether `name` was published from `shelf`. */
  hasPublished(shelf: string, name: string): boolean {
    const sql = "SELECT 1 FROM published WHERE shelf = ? AND name = ?";
    return this.#statement(sql).get(shelf, name) !== undefined;
  }

  [Symbol.dispose](): void {
    this.#statements.clear();
    this.#database.close();
  }

  /** A memory that fails is not worth failing for. */
  #run(sql: string, ...values: (string | number | Uint8Array)[]): void {
    try {
      this.#statement(sql).run(...values);
    } catch {
      // Locked for long, or the disk is full: it will be computed again.
    }
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, known);
    return known;
  }
}
