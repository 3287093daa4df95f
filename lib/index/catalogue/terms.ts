/**
 * What a name is compared with in a search, and how much of that there may be.
 *
 * @module
 */

import type { SearchQuery } from "../../protocol/search_query.ts";
import { foldCase } from "./fold.ts";
import type { Part } from "./part.ts";

/** What may still be done for a request. */
export interface Budget {
  left: number;
}

/** The words of a search and what else a name has to be. */
export class Terms {
  /** Folded, to find the names that may match. */
  readonly folded: readonly string[];
  /** Of which a name has to end in one, if there are any; folded. */
  readonly ends: readonly string[];
  /** The number of the user who has to publish it. */
  readonly user: number | undefined;
  readonly #words: readonly string[];
  readonly #isAnyCase: boolean;

  constructor({ words, isAnyCase, extensions }: SearchQuery, user: number | undefined) {
    const used = words.filter((word) => word !== "");
    this.folded = used.map(foldCase);
    this.ends = extensions.map((extension) => foldCase(`.${extension}`));
    this.user = user;
    this.#words = isAnyCase ? this.folded : used;
    this.#isAnyCase = isAnyCase;
  }

  /** Whether the name at `place` of `part` holds all words and has one of the ends. */
  match(part: Part, place: number): boolean {
    const text = this.#isAnyCase ? part.foldedAt(place) : part.nameAt(place);
    for (const word of this.#words) if (!text.includes(word)) return false;
    if (this.ends.length === 0) return true;
    const folded = part.foldedAt(place);
    return this.ends.some((end) => folded.endsWith(end));
  }
}
