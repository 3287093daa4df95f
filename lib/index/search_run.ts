/**
 * A search of one request, in slices.
 *
 * @module
 */

import type { ListOf, Reply } from "../protocol/messages.ts";
import type { Search } from "./catalogue/catalogue.ts";
import { UNFINISHED } from "./long_work.ts";
import { FoundFile } from "./found_file.ts";
import { Page, type Row } from "./page.ts";

const FOUND: ListOf = "files found";

/** How a {@linkcode SearchRun} is set up. */
export interface SearchRunOptions {
  /** The search for the names after one, which looks at a bounded number of them. */
  readonly searchAfter: (after: string) => Search;
  /** What is shown of what a search found; a {@linkcode FoundFile} while its publishers are counted. */
  readonly filesOf: (search: Search, isCounted: () => boolean) => Iterable<Row>;
  /** Whether those who publish what is shown are counted. */
  readonly isCounted: boolean;
  /** The name after which it begins. */
  readonly after?: string | undefined;
  /** Rows that are counted beyond those of the page. */
  readonly most: number;
  /** How many slices it may take. */
  readonly slices: number;
}

/**
 * Fills a page, slice by slice: each looks at so many names as others can wait for, and the catalogue
 * may change between two.
 */
export class SearchRun {
  readonly #options: SearchRunOptions;
  readonly #page: Page<Row>;
  #after: string;
  #slicesLeft: number;

  constructor(options: SearchRunOptions) {
    const { after = "", most, isCounted } = options;
    this.#options = options;
    this.#page = new Page(FOUND, {
      most,
      ...isCounted ? { describe: (row) => row instanceof FoundFile ? row.counted() : row } : {},
    });
    this.#after = after;
    this.#slicesLeft = options.slices;
  }

  /** Does one slice. Returns the reply if the page is full, or the search or its bound has ended. */
  next(): (Reply & { kind: "list" }) | typeof UNFINISHED {
    const search = this.#options.searchAfter(this.#after);
    const { filesOf, isCounted } = this.#options;
    this.#page.addAll(filesOf(search, () => isCounted && !this.#page.isFull));
    const { stoppedAt } = search;
    if (stoppedAt === undefined) return this.#page.list();
    this.#after = stoppedAt;
    this.#slicesLeft--;
    if (!this.#page.isFull && this.#slicesLeft > 0) return UNFINISHED;
    const list = { ...this.#page.list(), isLowerBound: true } as const;
    return list.more > 0 ? list : { ...list, more: 1, cursor: stoppedAt };
  }
}
