/**
 * Reading and writing a client's memory, which may fail at any time: that is told once, and nothing
 * waits for it again and again.
 *
 * @module
 */

import { reasonOf } from "../../errors.ts";
import { escapeText } from "../../protocol/escape.ts";
import type { Found, MemoryDatabase, OnTrouble, Value } from "./memory_database.ts";

/** Pause after a failure to write, in milliseconds: waiting for a lock holds up everything. */
const PAUSE_MS = 5_000;

/** Runs statements, and throws nothing. */
export class MemoryAccess implements Disposable {
  readonly #database: MemoryDatabase;
  readonly #onTrouble: OnTrouble;
  #pausedUntil = -Infinity;
  #fault = "";
  #hasTold = false;
  #writes = 0;

  constructor(database: MemoryDatabase, onTrouble: OnTrouble) {
    this.#database = database;
    this.#onTrouble = onTrouble;
  }

  /** Whether something of what earlier sessions remembered may not be known. */
  get hasLost(): boolean {
    return this.#database.hasLost || this.#hasTold;
  }

  /** Another text after every change, whoever made it. */
  get version(): string {
    return `${this.othersVersion} ${this.#writes}`;
  }

  /** Another text after every change that another client made. */
  get othersVersion(): string {
    return String(this.read("PRAGMA data_version")?.data_version);
  }

  /** The first row that is found. What cannot be read is as if it was not there. */
  read(sql: string, ...values: Value[]): Found | undefined {
    return this.#reading(() => this.#database.get(sql, ...values));
  }

  /** All rows that are found. */
  readAll(sql: string, ...values: Value[]): readonly Found[] {
    return this.#reading(() => this.#database.all(sql, ...values)) ?? [];
  }

  /** Runs a statement. Returns why it could not be done, if so. */
  write(sql: string, ...values: Value[]): string | undefined {
    return this.writeAll(sql, [values]);
  }

  /** Runs a statement with each of `rows`, or with none. Returns why it could not be done, if so. */
  writeAll(sql: string, rows: readonly (readonly Value[])[]): string | undefined {
    this.#writes++;
    if (performance.now() < this.#pausedUntil) return this.#fault;
    try {
      this.#database.runAll(sql, rows);
      return undefined;
    } catch (error) {
      this.#pausedUntil = performance.now() + PAUSE_MS;
      return this.#fault = reasonOf(error);
    }
  }

  /** Tells that publications cannot be kept because of `fault`. Once is enough. */
  tell(what: "read" | "write to", fault: string): void {
    if (this.#hasTold) return;
    this.#hasTold = true;
    this.#onTrouble(
      `Cannot ${what} ${this.#database.place} (${escapeText(fault)}): what is published now will ` +
        "not be remembered unless that is mended before this client ends",
    );
  }

  /** Tries again at once, however the last attempt ended. */
  retry(): void {
    this.#pausedUntil = -Infinity;
  }

  [Symbol.dispose](): void {
    this.#database[Symbol.dispose]();
  }

  #reading<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      this.tell("read", reasonOf(error));
    }
  }
}
