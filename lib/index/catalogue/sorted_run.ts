/**
 * Publications that come in the order of their names, as a journal tells them.
 *
 * @module
 */

import type { FileDetails } from "../../protocol/messages.ts";
import type { Lookup, Publication } from "./publication.ts";
import { Rows } from "./rows.ts";
import type { PublisherTable } from "./publisher_table.ts";
import { ALL } from "./window.ts";

/** A segment in the making. */
export class SortedRun implements Lookup {
  readonly rows: Rows;
  /** For each publisher the number of names up to the last one that is theirs. */
  readonly #lastOf: number[] = [];
  #isClosed = false;

  constructor(publishers: PublisherTable) {
    this.rows = new Rows(publishers);
  }

  /**
   * Adds a publication if it continues the run. One that comes again does not, nor does anything of
   * its name from then on, so that what is elsewhere is younger than what is here.
   */
  take(publisher: number, name: string, details: FileDetails | undefined): boolean {
    const { names } = this.rows;
    const { last } = names;
    if (last !== undefined && name < last) return false;
    if (name !== last) this.#isClosed = false;
    else if (this.#lastOf[publisher] === names.length) this.#isClosed = true;
    if (this.#isClosed) return false;
    this.rows.add(publisher, name, details);
    this.#lastOf[publisher] = names.length;
    return true;
  }

  find(publisher: number, name: string): Publication | undefined {
    return this.rows.find(publisher, name);
  }

  remove(publisher: number, name: string): void {
    this.rows.remove(publisher, name);
  }

  publishersOf(name: string, window = ALL, found: Publication[] = []): Publication[] {
    return this.rows.publishersOf(name, window, found);
  }
}
