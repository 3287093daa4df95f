/**
 * Publications by the id of their file.
 *
 * @module
 */

import type { PublicationTable } from "./publication_table.ts";
import { type Position, SortedBlocks } from "./sorted_blocks.ts";

const ID_DIGITS = 64;

/** The publications whose id is known, in the order of the ids. */
export class PublicationsById {
  readonly #publications: PublicationTable;
  readonly #sorted = new SortedBlocks();

  constructor(publications: PublicationTable) {
    this.#publications = publications;
  }

  /** Takes in `publication`, if its id is known. */
  add(publication: number): void {
    if (!this.#publications.hasId(publication)) return;
    this.#sorted.insert(this.#placeOf(publication), () => publication);
  }

  /** Takes out `publication`, if its id is known. */
  remove(publication: number): void {
    if (!this.#publications.hasId(publication)) return;
    this.#sorted.remove(this.#placeOf(publication));
  }

  /** The publications whose id begins with `prefix`, hexadecimal digits, in the order of the ids. */
  *beginningWith(prefix: string): Generator<number> {
    const [least, most] = ["0", "f"].map((digit) => {
      return Uint8Array.fromHex(prefix.padEnd(ID_DIGITS, digit));
    }) as [Uint8Array, Uint8Array];
    for (const publication of this.#sorted.from((it) => this.#compare(it, least) < 0)) {
      if (this.#compare(publication, most) > 0) return;
      yield publication;
    }
  }

  /** Those with the same id are in the order of their numbers. */
  #placeOf(publication: number): Position {
    const id = this.#publications.idOf(publication);
    return this.#sorted.seek((other) => (this.#compare(other, id) || other - publication) < 0);
  }

  #compare(publication: number, id: Uint8Array): number {
    const other = this.#publications.idOf(publication);
    for (let i = 0; i < id.length; i++) {
      if (other[i] !== id[i]) return other[i]! - id[i]!;
    }
    return 0;
  }
}
