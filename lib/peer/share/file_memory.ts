/**
 * What a client remembers of files: their hashes, so that none is read twice, and what it published
 * from where.
 *
 * @module
 */

import { SEPARATOR } from "@std/path";
import type { ContentKey } from "../../protocol/content.ts";
import { SHARE_DIGITS } from "../../protocol/share.ts";
import { type FileState, formatState, isSameState, parseState } from "./file_state.ts";
import type { Identity } from "./identity.ts";
import { MemoryAccess } from "./memory_access.ts";
import { MemoryDatabase, type OnTrouble } from "./memory_database.ts";
import { PublicationMemory } from "./publication_memory.ts";

/** Hashes that nobody asked for in this time are forgotten, in milliseconds. */
const KEPT_MS = 180 * 24 * 3_600_000;

/** How exactly it is remembered when a hash was asked for, in milliseconds. */
const USED_MS = 24 * 3_600_000;

/** How often old hashes are looked for, in milliseconds: that reads all of them. */
const CLEANED_MS = USED_MS;

/** Hashes of a batch that are written together: a moment's work. */
const BATCH = 256;

/** Comes behind all that a path may go on with. */
const LAST = "\u{10ffff}";

/** Remembers across restarts. Several clients may share one file. */
export class FileMemory implements Disposable {
  readonly publications: PublicationMemory;
  readonly #access: MemoryAccess;
  /** Hashes that are written with the next batch, or could not be written yet, by path. */
  readonly #hashes = new Map<string, Identity>();
  #batches = 0;

  private constructor(database: MemoryDatabase, onTrouble: OnTrouble) {
    this.#access = new MemoryAccess(database, onTrouble);
    this.publications = new PublicationMemory(this.#access);
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
    memory.#dropOldHashes(Date.now());
    return memory;
  }

  /** A memory that is lost when the program ends. */
  static inMemory(): FileMemory {
    return new FileMemory(MemoryDatabase.withoutFile(), () => {});
  }

  /** Whether something of what earlier sessions remembered may not be known. */
  get hasLost(): boolean {
    return this.#access.hasLost;
  }

  /** Another text after every change, whichever client made it. */
  get version(): string {
    return this.#access.version;
  }

  /** The identity of the file at `path`, if it is still what it was when it was hashed. */
  identityOf(path: string, state: FileState): Identity | undefined {
    const known = this.lastIdentityOf(path);
    return known && isSameState(known.state, state) ? known : undefined;
  }

  /** The identity that the file at `path` had when it was hashed. */
  lastIdentityOf(path: string): Identity | undefined {
    const waiting = this.#hashes.get(path);
    if (waiting) return waiting;
    const row = this.#access.read("SELECT state, id, layer, used FROM hashes WHERE path = ?", path);
    const state = row && parseState(row.state as string);
    if (!state) return undefined;
    this.#touch(path, row.used as number);
    return { id: row.id as string, layer: row.layer as Uint8Array, state };
  }

  /** The files below the folder `path` that held one of `contents` when they were hashed. */
  hashedWith(path: string, contents: readonly ContentKey[]): (ContentKey & { path: string })[] {
    this.saveHashes();
    const beginning = path.endsWith(SEPARATOR) ? path : path + SEPARATOR;
    const sql = "SELECT path, state, id FROM hashes WHERE path > ? AND path < ? " +
      "AND id IN (SELECT value FROM json_each(?))";
    const ids = JSON.stringify([...new Set(contents.map(({ id }) => id))]);
    return this.#access.readAll(sql, beginning, beginning + LAST, ids).flatMap((row) => {
      const state = parseState(row.state as string);
      return state ? [{ path: row.path as string, id: row.id as string, size: state.size }] : [];
    });
  }

  /** Remembers what the file at `path` is. */
  remember(path: string, identity: Identity): void {
    this.#hashes.set(path, identity);
    if (this.#batches === 0 || this.#hashes.size >= BATCH) this.saveHashes();
  }

  /**
   * Until it is disposed of, hashes are written some at a time. A crash costs no more than that some
   * files have to be read again.
   */
  batch(): Disposable {
    this.#batches++;
    const end = () => --this.#batches === 0 && this.saveHashes();
    return { [Symbol.dispose]: () => void end() };
  }

  /** Writes the hashes of the batch, so that other clients know them. */
  saveHashes(): void {
    if (this.#hashes.size === 0) return;
    const sql = "INSERT OR REPLACE INTO hashes VALUES (?, ?, ?, ?, ?)";
    const fault = this.#access.writeAll(
      sql,
      [...this.#hashes].map(([path, { id, layer, state }]) => {
        return [path, formatState(state), id, layer, Date.now()];
      }),
    );
    if (fault === undefined) this.#hashes.clear();
  }

  /** The share of `user` in `folder`: made once, and the same from then on. */
  shareOf(user: string, folder: string): string {
    const sql = "SELECT share FROM shares WHERE user = ? AND folder = ?";
    const known = () => this.#access.read(sql, user, folder)?.share as string | undefined;
    const made = crypto.getRandomValues(new Uint8Array(SHARE_DIGITS / 2)).toHex();
    const share = known();
    if (share !== undefined) return share;
    this.#access.write("INSERT OR IGNORE INTO shares VALUES (?, ?, ?)", user, folder, made);
    return known() ?? made;
  }

  /** The folder that is the share called `share` of `user`, if it is one of this device. */
  folderOf(user: string, share: string): string | undefined {
    const sql = "SELECT folder FROM shares WHERE user = ? AND share = ?";
    return this.#access.read(sql, user, share)?.folder as string | undefined;
  }

  [Symbol.dispose](): void {
    this.#access.retry();
    this.saveHashes();
    this.publications.save();
    this.#access[Symbol.dispose]();
  }

  /** At most once a day, whichever clients of the file begin meanwhile. */
  #dropOldHashes(now: number): void {
    const at = this.#access.read("SELECT at FROM cleaned")?.at;
    // A clock that was wrong may have told a time that is still to come.
    if (typeof at === "number" && Math.abs(now - at) < CLEANED_MS) return;
    const fault = this.#access.write("DELETE FROM hashes WHERE used < ?", now - KEPT_MS);
    if (fault === undefined) this.#access.write("UPDATE cleaned SET at = ?", now);
  }

  /** Remembers that a hash was asked for: not each time, for every start asks for all. */
  #touch(path: string, used: number): void {
    const now = Date.now();
    if (used >= now - USED_MS) return;
    this.#access.write("UPDATE hashes SET used = ? WHERE path = ?", now, path);
  }
}
