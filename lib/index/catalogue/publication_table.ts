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

/** All publications; those of one name form a ring in the order in which they were made. */
export class PublicationTable {
  readonly #numbers = new Places();
  readonly #user = new Column();
  readonly #name = new Column();
  readonly #next = new Column();
  readonly #previous = new Column();
  readonly #sizeLow = new Column();
  readonly #sizeHigh = new Column();
  readonly #id = new Column();
  readonly #ids = new Arena();
  /** By name. */
  readonly #first = new Column();

  /** Makes a publication of `name`, the first one if `isFirst`. */
  add(user: number, name: number, isFirst: boolean): number {
    const publication = this.#numbers.take();
    this.#user.set(publication, user);
    this.#name.set(publication, name);
    this.#id.set(publication, 0);
    this.#sizeHigh.set(publication, NOTHING);
    if (isFirst) this.#first.set(name, publication);
    const first = this.#first.get(name);
    this.#link(isFirst ? publication : this.#previous.get(first), publication);
    this.#link(publication, first);
    return publication;
  }

  /** Forgets `publication`. Returns whether it was the last one of its name. */
  remove(publication: number): boolean {
    const [name, next] = [this.#name.get(publication), this.#next.get(publication)];
    this.#link(this.#previous.get(publication), next);
    if (this.#first.get(name) === publication) this.#first.set(name, next);
    this.describe(publication, undefined);
    this.#numbers.give(publication);
    return next === publication;
  }

  /** The number of the user who made it. */
  userOf(publication: number): number {
    return this.#user.get(publication);
  }

  /** The number of its name. */
  nameOf(publication: number): number {
    return this.#name.get(publication);
  }

  /** The first publication of `name`. */
  firstOf(name: number): number {
    return this.#first.get(name);
  }

  /** All publications of the same name as `publication`, which comes first. */
  *around(publication: number): Generator<number> {
    for (let it = publication; it !== NOTHING;) {
      yield it;
      it = this.#next.get(it);
      if (it === publication) return;
    }
  }

  /** Writes down what is known of the file. */
  describe(publication: number, details: FileDetails | undefined): void {
    const { size = 0, id = NO_ID } = details ?? {};
    this.#sizeLow.set(publication, size % 2 ** 32);
    this.#sizeHigh.set(publication, details ? Math.floor(size / 2 ** 32) : NOTHING);
    if (this.hasId(publication)) this.#ids.give(this.#id.get(publication), ID_BYTES);
    this.#id.set(publication, id === NO_ID ? 0 : this.#keepId(id));
  }

  /** The size of the file in bytes, if it is known. */
  sizeOf(publication: number): number | undefined {
    const high = this.#sizeHigh.get(publication);
    return high === NOTHING ? undefined : high * 2 ** 32 + this.#sizeLow.get(publication);
  }

  /** What is known of the file. */
  detailsOf(publication: number): FileDetails | undefined {
    const size = this.sizeOf(publication);
    if (size === undefined) return undefined;
    return { size, id: this.hasId(publication) ? this.idOf(publication).toHex() : NO_ID };
  }

  /** Whether the id of the file is known. */
  hasId(publication: number): boolean {
    return this.#id.get(publication) !== 0;
  }

  /** The id of the file, which is known, in bytes. */
  idOf(publication: number): Uint8Array {
    const address = this.#id.get(publication);
    const start = startOf(address);
    return this.#ids.bytesAt(address).subarray(start, start + ID_BYTES);
  }

  #keepId(id: string): number {
    const address = this.#ids.take(ID_BYTES);
    this.#ids.bytesAt(address).set(Uint8Array.fromHex(id), startOf(address));
    return address;
  }

  #link(one: number, next: number): void {
    this.#next.set(one, next);
    this.#previous.set(next, one);
  }
}
