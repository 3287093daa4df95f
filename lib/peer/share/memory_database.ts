/**
 * The client's memory as a database that goes on, come what may: without a file where there is
 * trouble with it, in a new one where it was damaged.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { reasonOf } from "../../errors.ts";
import { escapeText } from "../../protocol/escape.ts";
import { isDamage, openMemoryFile, openWithoutFile, replaceDamaged } from "./memory_file.ts";

/** Hears of trouble with the memory, in one line that is safe to show. */
export type OnTrouble = (message: string) => void;

/** What can be looked for and kept. */
export type Value = string | number | Uint8Array | null;

/** What is found. */
export type Found = Readonly<Record<string, unknown>>;

/** Statements about the client's memory. */
export class MemoryDatabase implements Disposable {
  readonly #path: string | undefined;
  readonly #onTrouble: OnTrouble;
  readonly #statements = new Map<string, StatementSync>();
  #db: DatabaseSync | undefined;
  #hasLost = false;

  private constructor(path: string | undefined, onTrouble: OnTrouble) {
    this.#path = path;
    this.#onTrouble = onTrouble;
  }

  /** Opens the file at `path`, or goes on without it and says why. */
  static async open(path: string, onTrouble: OnTrouble): Promise<MemoryDatabase> {
    const memory = new MemoryDatabase(path, onTrouble);
    try {
      memory.#db = await openMemoryFile(path);
    } catch (error) {
      if (isDamage(error)) memory.#replace(path);
      else memory.#goWithout(error);
    }
    return memory;
  }

  /** One that is forgotten at the end. */
  static withoutFile(): MemoryDatabase {
    const memory = new MemoryDatabase(undefined, () => {});
    memory.#db = openWithoutFile();
    return memory;
  }

  /** The file in words, for messages. */
  get place(): string {
    return this.#path === undefined ? "the memory" : `"${escapeText(this.#path)}"`;
  }

  /** Whether something of what earlier sessions remembered may not be here. */
  get hasLost(): boolean {
    return this.#hasLost;
  }

  /**
   * Runs a statement with each of `rows`: with all of them or, if it fails, with none.
   *
   * @throws what SQLite throws, but for damage
   */
  runAll(sql: string, rows: readonly (readonly Value[])[]): void {
    this.#mending(() => {
      if (rows.length <= 1) return rows.forEach((row) => this.#statement(sql).run(...row));
      this.#db!.exec("BEGIN IMMEDIATE");
      try {
        for (const row of rows) this.#statement(sql).run(...row);
        this.#db!.exec("COMMIT");
      } catch (error) {
        if (this.#db!.isTransaction) this.#db!.exec("ROLLBACK");
        throw error;
      }
    });
  }

  /**
   * The first row that is found.
   *
   * @throws what SQLite throws, but for damage
   */
  get(sql: string, ...values: Value[]): Found | undefined {
    return this.#mending(() => this.#statement(sql).get(...values));
  }

  /**
   * All rows that are found.
   *
   * @throws what SQLite throws, but for damage
   */
  all(sql: string, ...values: Value[]): Found[] {
    return this.#mending(() => this.#statement(sql).all(...values));
  }

  [Symbol.dispose](): void {
    this.#statements.clear();
    this.#db?.close();
    this.#db = undefined;
  }

  /** Does `work` again in a new file when the old one turns out to be damaged: once. */
  #mending<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!isDamage(error) || this.#path === undefined || this.#hasLost) throw error;
      this.#replace(this.#path);
      return work();
    }
  }

  #replace(path: string): void {
    this[Symbol.dispose]();
    this.#hasLost = true;
    try {
      const { db, aside } = replaceDamaged(path);
      this.#db = db;
      if (aside === undefined) return;
      this.#onTrouble(
        `${this.place} was damaged, and is now "${escapeText(aside)}". ` +
          "Publish again what is not served any more",
      );
    } catch (error) {
      this.#goWithout(error);
    }
  }

  #goWithout(error: unknown): void {
    this.#hasLost = true;
    this.#db = openWithoutFile();
    this.#onTrouble(
      `Going on without ${this.place} this time (${escapeText(reasonOf(error))}): what was ` +
        "published before is not served, and what is published now will not be remembered",
    );
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql) ?? this.#db!.prepare(sql);
    this.#statements.set(sql, known);
    return known;
  }
}
