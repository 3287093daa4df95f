/**
 * Publications that come in the order of their names, as a journal tells them.
 *
 * @module
 */

import type { FileDetails } from "../../protocol/messages.ts";
import type { Lookup, Publication } from "./publication.ts";
import { Rows } from "./rows.ts";
import type { UserTable } from "./user_table.ts";
import { ALL } from "./window.ts";

/** A segment in the making. */
export class SortedRun implements Lookup {
  readonly rows: Rows;
  /** For each user the number of names up to the last one that is theirs. */
  readonly #lastOf: number[] = [];
  #isClosed = false;

  constructor(users: UserTable) {
    this.rows = new Rows(users);
  }

  /**
   * Adds a publication if it continues the run. One that comes again does not, nor does anything of
   * its name from then on, so that what is elsewhere is younger than what is here.
   */
  take(user: number, name: string, details: FileDetails | undefined): boolean {
    const { names } = this.rows;
    const { last } = names;
    if (last !== undefined && name < last) return false;
    if (name !== last) this.#isClosed = false;
    else if (this.#lastOf[user] === names.length) this.#isClosed = true;
    if (this.#isClosed) return false;
    this.rows.add(user, name, details);
    this.#lastOf[user] = names.length;
    return true;
  }

  find(user: number, name: string): Publication | undefined {
    return this.rows.find(user, name);
  }

  remove(user: number, name: string): void {
    this.rows.remove(user, name);
  }

  publishersOf(name: string, window = ALL, found: Publication[] = []): Publication[] {
    return this.rows.publishersOf(name, window, found);
  }
}
