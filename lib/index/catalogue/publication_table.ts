/**
 * Publications by number: whose, of what name, and what is known of the file.
 *
 * @module
 */

import type { FileDetails } from "../../protocol/messages.ts";
import { Arena, startOf } from "./arena.ts";
import { Column, NOTHING, Places } from "./column.ts";

const ID_BYTES = 32;
/** The id of a file that nobody has computed. */
const NO_ID = "-";

/** What a row of the table holds, side by side so that it comes from memory at once. */
const USER = 0;
const NAME = 1;
const NEXT = 2;
const PREVIOUS = 3;
const SIZE_LOW = 4;
const SIZE_HIGH = 5;
const ID = 6;
const FIELDS = 8;

/** All publications; those of one name form a ring in the order in which they were made. */
export class PublicationTable {
  readonly #numbers = new Places();
  readonly #rows = new Column();
  readonly #ids = new Arena();

  /** Makes a publication of `name`; `first` is the first one that there is already. */
  add(user: number, name: number, first: number | undefined): number {
    const publication = this.#numbers.take();
    this.#set(publication, USER, user);
    this.#set(publication, NAME, name);
    this.#set(publication, SIZE_HIGH, NOTHING);
    this.#set(publication, ID, 0);
    this.#link(first === undefined ? publication : this.#get(first, PREVIOUS), publication);
    this.#link(publication, first ?? publication);
    return publication;
  }

  /** Forgets `publication`. Returns the next one of its name, if there is another. */
  remove(publication: number): number | undefined {
    const next = this.#get(publication, NEXT);
    this.#link(this.#get(publication, PREVIOUS), next);
    this.describe(publication, undefined);
    this.#numbers.give(publication);
    return next === publication ? undefined : next;
  }

  /** The number of the user who made it. */
  userOf(publication: number): number {
    return this.#get(publication, USER);
  }

  /** The number of its name. */
  nameOf(publication: number): number {
    return this.#get(publication, NAME);
  }

  /** All publications of the same name as `publication`, which comes first. */
  *around(publication: number): Generator<number> {
    for (let it = publication; it !== NOTHING;) {
      yield it;
      it = this.#get(it, NEXT);
      if (it === publication) return;
    }
  }

  /** Writes down what is known of the file. */
  describe(publication: number, details: FileDetails | undefined): void {
    const { size = 0, id = NO_ID } = details ?? {};
    this.#set(publication, SIZE_LOW, size % 2 ** 32);
    this.#set(publication, SIZE_HIGH, details ? Math.floor(size / 2 ** 32) : NOTHING);
    if (this.hasId(publication)) this.#ids.give(this.#get(publication, ID), ID_BYTES);
    this.#set(publication, ID, id === NO_ID ? 0 : this.#keepId(id));
  }

  /** The size of the file in bytes, if it is known. */
  sizeOf(publication: number): number | undefined {
    const high = this.#get(publication, SIZE_HIGH);
    return high === NOTHING ? undefined : high * 2 ** 32 + this.#get(publication, SIZE_LOW);
  }

  /** What is known of the file. */
  detailsOf(publication: number): FileDetails | undefined {
    const size = this.sizeOf(publication);
    if (size === undefined) return undefined;
    return { size, id: this.hasId(publication) ? this.idOf(publication).toHex() : NO_ID };
  }

  /** Whether the id of the file is known. */
  hasId(publication: number): boolean {
    return this.#get(publication, ID) !== 0;
  }

  /** The id of the file, which is known, in bytes. */
  idOf(publication: number): Uint8Array {
    const address = this.#get(publication, ID);
    const start = startOf(address);
    return this.#ids.bytesAt(address).subarray(start, start + ID_BYTES);
  }

  #keepId(id: string): number {
    const address = this.#ids.take(ID_BYTES);
    this.#ids.bytesAt(address).set(Uint8Array.fromHex(id), startOf(address));
    return address;
  }

  #get(publication: number, field: number): number {
    return this.#rows.get(publication * FIELDS + field);
  }

  #set(publication: number, field: number, value: number): void {
    this.#rows.set(publication * FIELDS + field, value);
  }

  #link(one: number, next: number): void {
    this.#set(one, NEXT, next);
    this.#set(next, PREVIOUS, one);
  }
}
