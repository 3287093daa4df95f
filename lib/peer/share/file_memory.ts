/**
 * What a client remembers of files: their hashes, so that none is read twice, and what it published
 * from where, so that an index cannot make it serve anything else.
 *
 * @module
 */

import { reasonOf } from "../../errors.ts";
import { escapeText } from "../../protocol/escape.ts";
import { SHARE_DIGITS } from "../../protocol/share.ts";
import { type FileState, formatState, isSameState } from "./file_state.ts";
import { MemoryDatabase, type OnTrouble, type Value } from "./memory_database.ts";
import type { Identity } from "./shared_files.ts";

/** Hashes that nobody asked for in this time are forgotten, in milliseconds. */
const KEPT_MS = 180 * 24 * 3_600_000;

/** How exactly it is remembered when a hash was asked for, in milliseconds. */
const USED_MS = 24 * 3_600_000;

/** Pause after a failure to write, in milliseconds: waiting for a lock holds up everything. */
const PAUSE_MS = 5_000;

/** Hashes of a batch that are written together: a moment's work. */
const BATCH = 256;

/** Something that was published, or is no more. */
interface Entry {
  /** See {@linkcode placeFor}. */
  readonly place: string;
  readonly name: string;
  readonly isPublished: boolean;
}

/** Remembers across restarts. Several clients may share one file. */
export class FileMemory implements Disposable {
  readonly #database: MemoryDatabase;
  readonly #onTrouble: OnTrouble;
  /** What could not be written yet. */
  readonly #unsaved = new Map<string, Entry>();
  /** Hashes that are written with the next batch, by path. */
  readonly #hashes = new Map<string, Identity>();
  #batches = 0;
  #pausedUntil = -Infinity;
  #fault = "";
  #hasTold = false;

  private constructor(database: MemoryDatabase, onTrouble: OnTrouble) {
    this.#database = database;
    this.#onTrouble = onTrouble;
  }

  /**
   * Opens the memory at `path`, which need not be there. With one that cannot be used everything is
   * forgotten at the end, and `onTrouble` hears why.
   */
  static async open(
    path: string | undefined,
    onTrouble: OnTrouble = () => {},
  ): Promise<FileMemory> {
    if (path === undefined) return FileMemory.inMemory();
    const memory = new FileMemory(await MemoryDatabase.open(path, onTrouble), onTrouble);
    memory.#write("DELETE FROM hashes WHERE used < ?", Date.now() - KEPT_MS);
    return memory;
  }

  /** A memory that is lost when the program ends. */
  static inMemory(): FileMemory {
    return new FileMemory(MemoryDatabase.withoutFile(), () => {});
  }

  /** Whether something of what earlier sessions remembered may not be known. */
  get hasLost(): boolean {
    return this.#database.hasLost || this.#hasTold;
  }

  /** The identity of the file at `path`, if it is still what it was when it was hashed. */
  identityOf(path: string, state: FileState): Identity | undefined {
    const waiting = this.#hashes.get(path);
    if (waiting) return isSameState(waiting.state, state) ? waiting : undefined;
    const sql = "SELECT id, layer, used FROM hashes WHERE path = ? AND state = ?";
    const row = this.#read(sql, path, formatState(state));
    if (!row) return undefined;
    this.#touch(path, row.used as number);
    return { id: row.id as string, layer: row.layer as Uint8Array, state };
  }

  /** Remembers what the file at `path` is. */
  remember(path: string, identity: Identity): void {
    this.#hashes.set(path, identity);
    if (this.#batches === 0 || this.#hashes.size >= BATCH) this.#saveHashes();
  }

  /**
   * Until it is disposed of, hashes are written some at a time. A crash costs no more than that some
   * files have to be read again.
   */
  batch(): Disposable {
    this.#batches++;
    const end = () => --this.#batches === 0 && this.#saveHashes();
    return { [Symbol.dispose]: () => void end() };
  }

  /** Forgets what the file at `path` is. */
  forget(path: string): void {
    this.#hashes.delete(path);
    this.#write("DELETE FROM hashes WHERE path = ?", path);
  }

  /** Remembers that `name` was published from `place`. */
  published(place: string, name: string): void {
    this.#enter({ place, name, isPublished: true });
  }

  /** Remembers that `name` is not published from `place` any more. */
  withdrawn(place: string, name: string): void {
    this.#enter({ place, name, isPublished: false });
  }

  /** Whether `name` was published from `place`. */
  hasPublished(place: string, name: string): boolean {
    const unsaved = this.#unsaved.get(keyOf({ place, name }));
    if (unsaved) return unsaved.isPublished;
    const sql = "SELECT 1 FROM published WHERE shelf = ? AND name = ?";
    return this.#read(sql, place, name) !== undefined;
  }

  /** The share of `user` in `folder`: made once, and the same from then on. */
  shareOf(user: string, folder: string): string {
    const made = crypto.getRandomValues(new Uint8Array(SHARE_DIGITS / 2)).toHex();
    this.#write("INSERT OR IGNORE INTO shares VALUES (?, ?, ?)", user, folder, made);
    const row = this.#read("SELECT share FROM shares WHERE user = ? AND folder = ?", user, folder);
    return row ? row.share as string : made;
  }

  /** The folder that is the share called `share` of `user`, if it is one of this device. */
  folderOf(user: string, share: string): string | undefined {
    const row = this.#read("SELECT folder FROM shares WHERE user = ? AND share = ?", user, share);
    return row?.folder as string | undefined;
  }

  /** What was published from the place `from` was published from the place `to`. */
  carryOver(from: string, to: string): void {
    if (!this.#read("SELECT 1 FROM published WHERE shelf = ? LIMIT 1", from)) return;
    const sql = "UPDATE OR REPLACE published SET shelf = ? WHERE shelf = ?";
    const fault = this.#write(sql, to, from);
    if (fault !== undefined) this.#tell("write to", fault);
  }

  [Symbol.dispose](): void {
    this.#pausedUntil = -Infinity;
    this.#saveHashes();
    this.#save();
    this.#database[Symbol.dispose]();
  }

  /** Remembers that a hash was asked for: not each time, for every start asks for all. */
  #touch(path: string, used: number): void {
    const now = Date.now();
    if (used < now - USED_MS) this.#write("UPDATE hashes SET used = ? WHERE path = ?", now, path);
  }

  #saveHashes(): void {
    const sql = "INSERT OR REPLACE INTO hashes VALUES (?, ?, ?, ?, ?)";
    const hashes = [...this.#hashes];
    this.#hashes.clear();
    this.#writeAll(
      sql,
      hashes.map(([path, { id, layer, state }]) => {
        return [path, formatState(state), id, layer, Date.now()];
      }),
    );
  }

  #enter(entry: Entry): void {
    this.#unsaved.set(keyOf(entry), entry);
    this.#save();
  }

  #save(): void {
    for (const [key, { place, name, isPublished }] of this.#unsaved) {
      const sql = isPublished
        ? "INSERT OR IGNORE INTO published VALUES (?, ?)"
        : "DELETE FROM published WHERE shelf = ? AND name = ?";
      const fault = this.#write(sql, place, name);
      if (fault !== undefined) return this.#tell("write to", fault);
      this.#unsaved.delete(key);
    }
  }

  #write(sql: string, ...values: Value[]): string | undefined {
    return this.#writeAll(sql, [values]);
  }

  /** Returns why it could not be done, if so. */
  #writeAll(sql: string, rows: readonly (readonly Value[])[]): string | undefined {
    if (performance.now() < this.#pausedUntil) return this.#fault;
    try {
      this.#database.runAll(sql, rows);
      return undefined;
    } catch (error) {
      this.#pausedUntil = performance.now() + PAUSE_MS;
      return this.#fault = reasonOf(error);
    }
  }

  /** A hash that cannot be read is computed again. */
  #read(sql: string, ...values: Value[]): Readonly<Record<string, unknown>> | undefined {
    try {
      return this.#database.get(sql, ...values);
    } catch (error) {
      this.#tell("read", reasonOf(error));
    }
  }

  /** Once is enough. */
  #tell(what: string, fault: string): void {
    if (this.#hasTold) return;
    this.#hasTold = true;
    this.#onTrouble(
      `Cannot ${what} ${this.#database.place} (${escapeText(fault)}): what is published now will ` +
        "not be remembered unless that is mended before this client ends",
    );
  }
}

function keyOf({ place, name }: Pick<Entry, "place" | "name">): string {
  return `${place}\n${name}`;
}
