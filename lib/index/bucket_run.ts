/**
 * Listing one bucket of a share, in slices.
 *
 * @module
 */

import { bucketOf, parseBucket } from "../protocol/digest.ts";
import type { Reply } from "../protocol/messages.ts";
import type { Publication } from "./catalogue/catalogue.ts";
import { UNFINISHED } from "./long_work.ts";
import { Page, type Row } from "./page.ts";

/** Names that are looked at in one slice: each takes about half a microsecond. */
const LOOKED_AT = 2_000;

/** How a {@linkcode BucketRun} is set up. */
export interface BucketRunOptions {
  readonly bucket: string;
  /** The name after which it begins. */
  readonly after: string;
  /** What the share has behind a name, in the order of names. */
  readonly namesAfter: (after: string) => Iterable<Publication>;
  /** What is shown of one. */
  readonly describe: (publication: Publication) => Row;
}

/** Fills a page, slice by slice. It only says whether there is more, as it would have to look at that. */
export class BucketRun {
  readonly #options: BucketRunOptions;
  readonly #bucket: number;
  readonly #page: Page<Publication>;
  #after: string;

  constructor(options: BucketRunOptions) {
    this.#options = options;
    this.#bucket = parseBucket(options.bucket);
    this.#page = new Page("files published", { describe: options.describe, most: 1 });
    this.#after = options.after;
  }

  /** Does one slice. Returns the reply if the page is full, or all has been looked at. */
  next(): (Reply & { kind: "list" }) | typeof UNFINISHED {
    let left = LOOKED_AT;
    for (const publication of this.#options.namesAfter(this.#after)) {
      const { name } = publication;
      if (bucketOf(name) === this.#bucket && this.#isLast(publication)) break;
      this.#after = name;
      if (--left === 0) return UNFINISHED;
    }
    return this.#page.list();
  }

  #isLast(publication: Publication): boolean {
    const { isFull } = this.#page;
    this.#page.addAll([publication]);
    return isFull;
  }
}
