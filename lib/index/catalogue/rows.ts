/**
 * Publications side by side in columns, which the garbage collector need not look at.
 *
 * @module
 */

import { hasId } from "../../protocol/content.ts";
import type { FileDetails } from "../../protocol/messages.ts";
import { NameRows } from "./name_rows.ts";
import type { Names } from "./names.ts";
import type { Lookup, Publication } from "./publication.ts";
import type { Owner, PublisherTable } from "./publisher_table.ts";
import { resized } from "./resized.ts";
import { ALL, eachIn } from "./window.ts";

/** Bytes of an id. */
const ID_BYTES = 32;

/** What is said of a row by a bit of its own. */
const IS_GONE = 1;
const HAS_DETAILS = 2;
const HAS_ID = 4;

/** Initial capacity in rows, where their number is not known. */
const INITIAL_CAPACITY = 64;

/** Rows in the order of their names, to which more are added at the end. */
export class Rows implements Lookup {
  readonly publishers: PublisherTable;
  readonly names: Names;
  readonly #ofNames: NameRows;
  #publisher: Uint32Array;
  #size: Float64Array;
  #flags: Uint8Array;
  #ids: Uint8Array;
  #length = 0;

  constructor(publishers: PublisherTable, capacity = INITIAL_CAPACITY, names = capacity) {
    this.publishers = publishers;
    this.#ofNames = new NameRows(names, capacity);
    this.names = this.#ofNames.names;
    this.#publisher = new Uint32Array(capacity);
    this.#size = new Float64Array(capacity);
    this.#flags = new Uint8Array(capacity);
    this.#ids = new Uint8Array(capacity * ID_BYTES);
  }

  /** How many rows there are, with those that are gone. */
  get length(): number {
    return this.#length;
  }

  /** Adds a row; `name` is not before the last one. */
  add(publisher: number, name: string, details: FileDetails | undefined): void {
    const row = this.#begin(publisher, name);
    this.#size[row] = details?.size ?? 0;
    if (details) this.#flags[row]! |= HAS_DETAILS;
    if (!hasId(details)) return;
    this.#flags[row]! |= HAS_ID;
    this.#ids.subarray(row * ID_BYTES, (row + 1) * ID_BYTES).setFromHex(details.id);
  }

  /** Adds what `others` has at `place` and is not gone. */
  addAllAt(others: Rows, place: number): void {
    for (let from = others.firstAt(place); from < others.firstAt(place + 1); from++) {
      if (others.isGone(from)) continue;
      const row = this.#begin(others.#publisher[from]!, others.names.at(place));
      this.#size[row] = others.#size[from]!;
      this.#flags[row] = others.#flags[from]!;
      const shift = (from - row) * ID_BYTES;
      for (let i = row * ID_BYTES; i < (row + 1) * ID_BYTES; i++) {
        this.#ids[i] = others.#ids[i + shift]!;
      }
    }
  }

  /** Frees the capacity that is not used. */
  trim(): void {
    if (this.#length < this.#publisher.length) this.#resizeRows(this.#length);
    this.#ofNames.trim();
  }

  find(publisher: number, name: string): Publication | undefined {
    const place = this.placeOf(name);
    return place === undefined ? undefined : this.publicationBy(publisher, place);
  }

  remove(publisher: number, name: string): void {
    const row = this.rowOf(publisher, name);
    if (row !== undefined) this.removeRow(row);
  }

  /** Takes `row` out. */
  removeRow(row: number): void {
    this.#flags[row]! |= IS_GONE;
  }

  publishersOf(name: string, window = ALL, found: Publication[] = []): Publication[] {
    const place = this.placeOf(name);
    if (place === undefined) return found;
    eachIn(window, this.firstAt(place), this.firstAt(place + 1), (row) => {
      if (!this.isGone(row)) found.push(this.publication(row, name));
    });
    return found;
  }

  /** The row of what `publisher` publishes as `name`, if there is one. */
  rowOf(publisher: number, name: string): number | undefined {
    const place = this.placeOf(name);
    return place === undefined ? undefined : this.#rowBy(publisher, place);
  }

  /** Whether any row of the name at `place` is left. */
  isPublished(place: number): boolean {
    const end = this.firstAt(place + 1);
    for (let row = this.firstAt(place); row < end; row++) if (!this.isGone(row)) return true;
    return false;
  }

  /** What is published of the name at `place`. */
  *publicationsAt(place: number): Generator<Publication> {
    for (let row = this.firstAt(place); row < this.firstAt(place + 1); row++) {
      if (!this.isGone(row)) yield this.publication(row, this.names.at(place));
    }
  }

  /** The place of `name`, if it is there. */
  placeOf(name: string): number | undefined {
    return this.#ofNames.placeOf(name);
  }

  /** The first row of the name at `place`. */
  firstAt(place: number): number {
    return this.#ofNames.firstAt(place);
  }

  /** The place of the name of `row`. */
  placeOfRow(row: number): number {
    return this.#ofNames.placeOfRow(row);
  }

  /** What `publisher` publishes of the name at `place`. */
  publicationBy(publisher: number, place: number): Publication | undefined {
    const row = this.#rowBy(publisher, place);
    return row === undefined ? undefined : this.publication(row, this.names.at(place));
  }

  /** What `owner` publishes of the name at `place`, from whatever share. */
  *publicationsBy(owner: Owner, place: number): Generator<Publication> {
    for (let row = this.firstAt(place); row < this.firstAt(place + 1); row++) {
      if (this.#isBy(owner, row)) yield this.publication(row, this.names.at(place));
    }
  }

  /** Whether `owner` publishes the name at `place`. */
  isPublishedBy(owner: Owner, place: number): boolean {
    const { numbers } = owner;
    // Most users have one share, which is found more quickly.
    if (numbers.length === 1) return this.#rowBy(numbers[0]!, place) !== undefined;
    const end = this.firstAt(place + 1);
    for (let row = this.firstAt(place); row < end; row++) if (this.#isBy(owner, row)) return true;
    return false;
  }

  /** Whether `row` has been taken out. */
  isGone(row: number): boolean {
    return (this.#flags[row]! & IS_GONE) !== 0;
  }

  /** The number of the publisher of `row`. */
  publisherOf(row: number): number {
    return this.#publisher[row]!;
  }

  /** What is known of the file of `row`. */
  detailsOf(row: number): FileDetails | undefined {
    if ((this.#flags[row]! & HAS_DETAILS) === 0) return undefined;
    const size = this.#size[row]!;
    const id = this.idOf(row);
    return id ? { size, id: id.toHex() } : { size };
  }

  /** The id of the file of `row`, if it is known. */
  idOf(row: number): Uint8Array | undefined {
    if ((this.#flags[row]! & HAS_ID) === 0) return undefined;
    return this.#ids.subarray(row * ID_BYTES, (row + 1) * ID_BYTES);
  }

  /** How many bytes the file of `row` has; 0 if it is not known. */
  sizeOf(row: number): number {
    return this.#size[row]!;
  }

  /** Below 0 if the id of `row`, which is known, comes before `id`, and above if it comes after. */
  compareId(row: number, id: Uint8Array, start = 0): number {
    const from = row * ID_BYTES;
    for (let i = 0; i < ID_BYTES; i++) {
      const order = this.#ids[from + i]! - id[start + i]!;
      if (order !== 0) return order;
    }
    return 0;
  }

  /** The same for the ids of two rows. */
  compareIds(row: number, other: number): number {
    return this.compareId(row, this.#ids, other * ID_BYTES);
  }

  /** The order of ids, of one id that of publishers, and of one publisher that of sizes and names. */
  compareContents(row: number, other: number): number {
    return this.compareIds(row, other) || this.#publisher[row]! - this.#publisher[other]! ||
      this.#size[row]! - this.#size[other]! || row - other;
  }

  /** The publication in `row`. */
  publication(row: number, name?: string): Publication {
    return new RowPublication(this, row, name);
  }

  /** The row of what `publisher` publishes at `place`, if there is one. */
  #rowBy(publisher: number, place: number): number | undefined {
    const end = this.firstAt(place + 1);
    for (let row = this.firstAt(place); row < end; row++) {
      if (this.#publisher[row] === publisher && !this.isGone(row)) return row;
    }
  }

  #isBy(owner: Owner, row: number): boolean {
    return this.publishers.ownerOf(this.#publisher[row]!) === owner && !this.isGone(row);
  }

  #begin(publisher: number, name: string): number {
    const row = this.#length++;
    if (row === this.#publisher.length) this.#resizeRows(2 * row);
    this.#ofNames.push(name, row);
    this.#publisher[row] = publisher;
    return row;
  }

  #resizeRows(capacity: number): void {
    this.#publisher = resized(this.#publisher, capacity);
    this.#size = resized(this.#size, capacity);
    this.#flags = resized(this.#flags, capacity);
    this.#ids = resized(this.#ids, capacity * ID_BYTES);
  }
}

/** Most is read when it is asked for: many are of publishers who are not there. */
class RowPublication implements Publication {
  readonly #rows: Rows;
  readonly #row: number;
  #name: string | undefined;

  constructor(rows: Rows, row: number, name: string | undefined) {
    this.#rows = rows;
    this.#row = row;
    this.#name = name;
  }

  get name(): string {
    return this.#name ??= this.#rows.names.at(this.#rows.placeOfRow(this.#row));
  }

  get user(): string {
    return this.#rows.publishers.userOf(this.publisher);
  }

  get share(): string {
    return this.#rows.publishers.shareOf(this.publisher);
  }

  get publisher(): number {
    return this.#rows.publisherOf(this.#row);
  }

  get details(): FileDetails | undefined {
    return this.#rows.detailsOf(this.#row);
  }
}
