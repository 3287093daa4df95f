/**
 * One publication, as others see it.
 *
 * @module
 */

import type { FileDetails } from "../../protocol/messages.ts";
import type { NameTable } from "./name_table.ts";
import type { PublicationTable } from "./publication_table.ts";
import type { UserTable } from "./user_table.ts";

/** What a catalogue is made of. */
export interface Tables {
  readonly users: UserTable;
  readonly names: NameTable;
  readonly publications: PublicationTable;
}

/** A publication, read from the tables when asked: to be used before the catalogue changes again. */
export class Publication {
  readonly #tables: Tables;
  readonly #number: number;

  constructor(tables: Tables, number: number) {
    this.#tables = tables;
    this.#number = number;
  }

  /** Who made it. */
  get user(): string {
    const { users, publications } = this.#tables;
    return users.nameOf(publications.userOf(this.#number));
  }

  /** What is published. */
  get name(): string {
    const { names, publications } = this.#tables;
    return names.textOf(publications.nameOf(this.#number));
  }

  /** What is known of the file; `undefined` if its publisher did not tell. */
  get details(): FileDetails | undefined {
    return this.#tables.publications.detailsOf(this.#number);
  }
}
