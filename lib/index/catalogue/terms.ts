/**
 * What a name is compared with in a search, and how much of that there may be.
 *
 * @module
 */

import type { SearchQuery } from "../../protocol/search_query.ts";
import { foldCase } from "./fold.ts";
import type { Owner } from "./publisher_table.ts";
import type { Budget } from "./budget.ts";

/**
 * Characters of a name that are compared with a word, and folded, in one step. Each of them takes up
 * to 8 ns: looking for `ab` in a name of nothing but `a` does.
 */
const COMPARED_A_STEP = 12;
const FOLDED_A_STEP = 16;

/** Names that are compared, by their places. */
export interface NameList {
  nameAt(place: number): string;
  /** The same with its case folded. */
  foldedAt(place: number): string;
}

/** The words of a search and what else a name has to be. */
export class Terms {
  /** Folded, to find the names that may match. */
  readonly folded: readonly string[];
  /** Of which a name has to end in one, if there are any; folded. */
  readonly ends: readonly string[];
  /** The user who has to publish it. */
  readonly owner: Owner | undefined;
  readonly #words: readonly string[];
  readonly #isAnyCase: boolean;

  constructor({ words, isAnyCase, extensions }: SearchQuery, owner: Owner | undefined) {
    this.folded = necessary(words.map(foldCase));
    this.ends = [...new Set(extensions.map((extension) => foldCase(`.${extension}`)))];
    this.owner = owner;
    this.#words = isAnyCase ? this.folded : necessary(words);
    this.#isAnyCase = isAnyCase;
  }

  /** Whether the name at `place` of `names` holds all words and has one of the ends. */
  match(names: NameList, place: number, budget: Budget): boolean {
    return this.#holdsWords(names, place, budget) && this.#hasEnd(names, place, budget);
  }

  #holdsWords(names: NameList, place: number, budget: Budget): boolean {
    if (this.#words.length === 0) return true;
    const text = this.#isAnyCase ? foldedAt(names, place, budget) : names.nameAt(place);
    const steps = stepsOf(text, COMPARED_A_STEP);
    for (const word of this.#words) {
      budget.left -= steps;
      if (!text.includes(word)) return false;
    }
    return true;
  }

  #hasEnd(names: NameList, place: number, budget: Budget): boolean {
    if (this.ends.length === 0) return true;
    const text = foldedAt(names, place, budget);
    budget.left -= this.ends.length;
    return this.ends.some((end) => text.endsWith(end));
  }
}

/** Those of `words` that are not within another one: whoever holds that one holds them too. */
function necessary(words: readonly string[]): string[] {
  const different = [...new Set(words)].filter((word) => word !== "");
  return different.filter((word) => {
    return !different.some((other) => other !== word && other.includes(word));
  });
}

function foldedAt(names: NameList, place: number, budget: Budget): string {
  const folded = names.foldedAt(place);
  budget.left -= stepsOf(folded, FOLDED_A_STEP);
  return folded;
}

function stepsOf(text: string, charactersAStep: number): number {
  return 1 + Math.floor(text.length / charactersAStep);
}
