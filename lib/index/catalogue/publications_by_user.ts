/**
 * Publications by user and name.
 *
 * @module
 */

import { encodeUtf8 } from "../../protocol/utf8.ts";
import type { Tables } from "./publication.ts";
import { type Position, SortedBlocks } from "./sorted_blocks.ts";

/** Each user's publications, in the order of their names. */
export class PublicationsByUser {
  readonly #tables: Tables;
  readonly #sorted = new SortedBlocks();

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  /** The publication by `user` of the name `text`, if there is one. */
  find(user: string, text: Uint8Array): number | undefined {
    const number = this.#tables.users.find(user);
    if (number === undefined) return undefined;
    const found = this.#sorted.at(this.#seek(number, text));
    return found !== undefined && this.#compare(found, number, text) === 0 ? found : undefined;
  }

  /** Takes in `publication`. */
  add(publication: number): void {
    this.#sorted.insert(this.#placeOf(publication), () => publication);
    this.#tables.users.count(this.#tables.publications.userOf(publication), 1);
  }

  /** Takes out `publication`. */
  remove(publication: number): void {
    this.#sorted.remove(this.#placeOf(publication));
    this.#tables.users.count(this.#tables.publications.userOf(publication), -1);
  }

  /** The publications of `user` in their order, from the first name after `after`. */
  *of(user: string, after = ""): Generator<number> {
    const number = this.#tables.users.find(user);
    if (number === undefined) return;
    const text = encodeUtf8(after);
    const isBefore = (it: number) => this.#compare(it, number, text) <= 0;
    for (const publication of this.#sorted.from(isBefore)) {
      if (this.#tables.publications.userOf(publication) !== number) return;
      yield publication;
    }
  }

  #placeOf(publication: number): Position {
    const { names, publications } = this.#tables;
    const text = names.bytesOf(publications.nameOf(publication));
    return this.#seek(publications.userOf(publication), text);
  }

  #seek(user: number, text: Uint8Array): Position {
    return this.#sorted.seek((publication) => this.#compare(publication, user, text) < 0);
  }

  #compare(publication: number, user: number, text: Uint8Array): number {
    const { names, publications } = this.#tables;
    const other = publications.userOf(publication);
    return other - user || names.compare(publications.nameOf(publication), text);
  }
}
