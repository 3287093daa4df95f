/**
 * What a client published from where, so that an index cannot make it serve anything else. All clients
 * of a folder share it: what one publishes the others know at once.
 *
 * @module
 */

import { SEPARATOR } from "@std/path";
import { Buffer } from "node:buffer";
import type { ContentKey } from "../../protocol/content.ts";
import type { FileDetails, PublishedFile } from "../../protocol/messages.ts";
import { encodeUtf8 } from "../../protocol/utf8.ts";
import { isSameFile } from "./identity.ts";
import type { MemoryAccess } from "./memory_access.ts";
import type { Found, Value } from "./memory_database.ts";

/** A publication, as it is remembered. */
export interface Publication extends PublishedFile {
  readonly name: string;
  /** What was hashed, or the size alone in protocol 1; unknown if an older version published it. */
  readonly details?: FileDetails;
  /** Whether the index has confirmed just that. */
  readonly isTold: boolean;
}

/** A publication, and what is remembered of its file. */
export interface HashedPublication extends Publication {
  /** What the file was like when it was hashed, see {@linkcode formatState}. */
  readonly state: string | undefined;
  /** Its id by then. */
  readonly hashedId: string | undefined;
}

/** What could not be written yet: a publication, or that it is no more. */
interface Unsaved {
  readonly place: string;
  readonly name: string;
  readonly publication: Publication | undefined;
}

const PUT = "INSERT OR REPLACE INTO published (shelf, name, size, id, told) VALUES (?, ?, ?, ?, ?)";
const REMOVE = "DELETE FROM published WHERE shelf = ? AND name = ?";
const CONFIRM =
  "UPDATE published SET told = 1 WHERE shelf = ? AND name = ? AND size = ? AND id IS ?";
const FORGET_TOLD = "UPDATE published SET told = 0 WHERE shelf = ? AND told = 1";
/** Nothing is remembered of a file. */
const UNREAD = { state: undefined, hashedId: undefined };
const COLUMNS = "p.name, p.size, p.id, p.told";

/** Remembers publications by their place, see {@linkcode placeFor}. */
export class PublicationMemory {
  readonly #access: MemoryAccess;
  /** By place and name. Nearly always there is nothing. */
  readonly #unsaved = new Map<string, Unsaved>();
  #changes = 0;

  constructor(access: MemoryAccess) {
    this.#access = access;
  }

  /** Another text after every change of what is published, whichever client made it. */
  get version(): string {
    return `${this.#access.othersVersion} ${this.#changes}`;
  }

  /** Remembers `publications`, instead of what was published under their names. */
  put(place: string, publications: readonly Publication[]): void {
    this.#enter(publications.map((it) => ({ place, name: it.name, publication: it })));
  }

  /** Remembers that `name` is not published from `place` any more. */
  remove(place: string, name: string): void {
    this.#enter([{ place, name, publication: undefined }]);
  }

  /** Remembers that the index has confirmed `told`, as far as that is what is published still. */
  confirm(place: string, told: readonly PublishedFile[]): void {
    for (const { name, details } of told) {
      const key = keyOf(place, name);
      const { publication } = this.#unsaved.get(key) ?? {};
      const isIt = publication && isSameFile(publication.details, details);
      if (isIt) {
        this.#unsaved.set(key, { place, name, publication: { ...publication, isTold: true } });
      }
    }
    const rows = told.map(({ name, details }) => {
      return [place, name, details?.size ?? null, details?.id ?? null];
    });
    this.#access.writeAll(CONFIRM, rows);
  }

  /** What is published from `place` as `name`. */
  get(place: string, name: string): Publication | undefined {
    const unsaved = this.#unsaved.get(keyOf(place, name));
    if (unsaved) return unsaved.publication;
    const sql = `SELECT ${COLUMNS} FROM published p WHERE p.shelf = ? AND p.name = ?`;
    const row = this.#access.read(sql, place, name);
    return row && publicationFrom(row);
  }

  /** Up to `most` publications from `place`, in the order of their names, that come after `after`. */
  page(place: string, after: string, most: number): Publication[] {
    const sql = `SELECT ${COLUMNS} FROM published p ` +
      "WHERE p.shelf = ? AND p.name > ? ORDER BY p.name LIMIT ?";
    const rows = this.#access.readAll(sql, place, after, most).map(publicationFrom);
    return this.#withUnsaved(place, after, rows, rows.length < most);
  }

  /** The same, with what is remembered of the files in the folder `path`. */
  hashedPage(place: string, after: string, most: number, path: string): HashedPublication[] {
    const rows = this.#hashed(path, "p.name > ? ORDER BY p.name LIMIT ?", place, after, most);
    return this.#withUnsaved(place, after, rows, rows.length < most)
      .map((it) => ({ ...UNREAD, ...it }));
  }

  /** What is published from `place` as one of `names`, with what is remembered of its file in `path`. */
  hashedOf(place: string, names: readonly string[], path: string): HashedPublication[] {
    const where = "p.name IN (SELECT value FROM json_each(?))";
    const rows = this.#hashed(path, where, place, JSON.stringify(names));
    const saved = rows.filter(({ name }) => !this.#unsaved.has(keyOf(place, name)));
    const unsaved = names.flatMap((name) => {
      const publication = this.#unsaved.get(keyOf(place, name))?.publication;
      return publication ? [{ ...UNREAD, ...publication }] : [];
    });
    return [...saved, ...unsaved];
  }

  /** The names under which `content` is published from `place`. */
  namesOf(place: string, { id, size }: ContentKey): string[] {
    const sql = "SELECT name FROM published WHERE id = ? AND size = ? AND shelf = ?";
    const saved = this.#access.readAll(sql, id, size, place).map(({ name }) => name as string);
    const names = new Set(saved.filter((name) => !this.#unsaved.has(keyOf(place, name))));
    for (const { publication, ...unsaved } of this.#unsaved.values()) {
      const { details } = publication ?? {};
      const isIt = details?.id === id && details.size === size && unsaved.place === place;
      if (isIt) names.add(unsaved.name);
    }
    return [...names];
  }

  /** What was published from the place `from` was published from the place `to`. */
  carryOver(from: string, to: string): void {
    if (!this.#access.read("SELECT 1 FROM published WHERE shelf = ? LIMIT 1", from)) return;
    const sql = "UPDATE OR REPLACE published SET shelf = ? WHERE shelf = ?";
    const fault = this.#access.write(sql, to, from);
    if (fault !== undefined) this.#access.tell("write to", fault);
  }

  /** The catalogue that was told what is published from `place`, see {@linkcode IndexSession}. */
  catalogueOf(place: string): string | undefined {
    const sql = "SELECT catalogue FROM catalogues WHERE shelf = ?";
    return this.#access.read(sql, place)?.catalogue as string | undefined;
  }

  /**
   * Takes in which catalogue is told from now on what is published from `place`: if it is another one
   * than before, nothing has been told yet.
   */
  enterCatalogue(place: string, catalogue: string): void {
    if (this.catalogueOf(place) === catalogue) return;
    for (const [key, { publication, ...of }] of this.#unsaved) {
      const isHere = publication !== undefined && of.place === place;
      if (isHere) this.#unsaved.set(key, { ...of, publication: { ...publication, isTold: false } });
    }
    if (this.#access.write(FORGET_TOLD, place) !== undefined) return;
    this.#access.write("INSERT OR REPLACE INTO catalogues VALUES (?, ?)", place, catalogue);
  }

  /** Writes what could not be written yet. */
  save(): void {
    this.#enter([]);
  }

  #hashed(path: string, where: string, ...values: Value[]): HashedPublication[] {
    const beginning = path.endsWith(SEPARATOR) ? path : path + SEPARATOR;
    const sql = `SELECT ${COLUMNS}, h.state, h.id AS hashed FROM published p ` +
      `LEFT JOIN hashes h ON h.path = ? || replace(p.name, '/', ?) WHERE p.shelf = ? AND ${where}`;
    return this.#access.readAll(sql, beginning, SEPARATOR, ...values).map((row) => {
      const [state, hashedId] = [row.state ?? undefined, row.hashed ?? undefined];
      return { ...publicationFrom(row), state, hashedId } as HashedPublication;
    });
  }

  #enter(changes: readonly Unsaved[]): void {
    this.#changes++;
    for (const change of changes) this.#unsaved.set(keyOf(change.place, change.name), change);
    const all = [...this.#unsaved.values()];
    const removed = all.filter(({ publication }) => !publication);
    const put = all.filter(({ publication }) => publication);
    this.#save(REMOVE, removed, ({ place, name }) => [place, name]);
    this.#save(PUT, put, ({ place, publication }) => rowOf(place, publication!));
  }

  #save(sql: string, changes: readonly Unsaved[], row: (change: Unsaved) => Value[]): void {
    if (changes.length === 0) return;
    const fault = this.#access.writeAll(sql, changes.map(row));
    if (fault !== undefined) return this.#access.tell("write to", fault);
    for (const { place, name } of changes) this.#unsaved.delete(keyOf(place, name));
  }

  /** `rows` with what is not saved, as far as it belongs to this page. */
  #withUnsaved<P extends Publication>(
    place: string,
    after: string,
    rows: P[],
    isLast: boolean,
  ): (P | Publication)[] {
    if (this.#unsaved.size === 0) return rows;
    const end = rows.at(-1)?.name ?? "";
    const saved = rows.filter(({ name }) => !this.#unsaved.has(keyOf(place, name)));
    const added = [...this.#unsaved.values()].filter((it) =>
      it.place === place && byBytes(it.name, after) > 0
    )
      .flatMap(({ publication }) => publication ?? [])
      .filter(({ name }) => isLast || byBytes(name, end) <= 0);
    return [...saved, ...added].sort((a, b) => byBytes(a.name, b.name));
  }
}

/** The order in which SQLite has names: that of UTF-16 is another one. */
function byBytes(a: string, b: string): number {
  return Buffer.compare(encodeUtf8(a), encodeUtf8(b));
}

function publicationFrom({ name, size, id, told }: Found): Publication {
  const isTold = told === 1;
  if (size === null) return { name: name as string, isTold };
  const details = { size: size as number, ...id === null ? {} : { id: id as string } };
  return { name: name as string, details, isTold };
}

function rowOf(place: string, { name, details, isTold }: Publication): Value[] {
  return [place, name, details?.size ?? null, details?.id ?? null, isTold ? 1 : 0];
}

function keyOf(place: string, name: string): string {
  return `${place}\n${name}`;
}
