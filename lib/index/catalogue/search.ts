/**
 * Going through the names that a search finds.
 *
 * @module
 */

import { SEARCH_STEPS } from "../../protocol/limits.ts";
import type { SearchQuery } from "../../protocol/search_query.ts";
import { NameSet } from "./name_set.ts";
import { Publication, type Tables } from "./publication.ts";
import type { PublicationsByUser } from "./publications_by_user.ts";
import { toWord, type Word } from "./word.ts";

/** Words that are looked for in a name in one step. */
const WORDS_A_STEP = 4;

/** Where a search looks. */
export interface SearchScope {
  /** The name after which it begins. */
  readonly after?: string | undefined;
  /** A user whose names are left out. */
  readonly except?: string | undefined;
}

/** What a search needs of the catalogue. */
export interface Searched extends Tables {
  readonly byUser: PublicationsByUser;
}

/**
 * The names that match a query, found one by one, in their order. Each comes as those of its
 * publications that the query asks for; there may be none, if it asks for a size.
 */
export class Search implements Iterable<Iterable<Publication>> {
  readonly #in: Searched;
  readonly #query: SearchQuery;
  readonly #scope: SearchScope;
  readonly #words: readonly Word[];
  readonly #ends: readonly Word[];
  #stepsLeft = SEARCH_STEPS;
  #stoppedAt: string | undefined;
  #excepted: NameSet | undefined;

  constructor(searched: Searched, query: SearchQuery, scope: SearchScope) {
    this.#in = searched;
    this.#query = query;
    this.#scope = scope;
    const words = query.words.filter((word) => word !== "");
    this.#words = words.map((word) => toWord(word, query.isAnyCase));
    this.#ends = query.extensions.map((extension) => toWord(`.${extension}`, true, true));
  }

  /** The name after which to go on, if the search stopped because it had looked at too much. */
  get stoppedAt(): string | undefined {
    return this.#stoppedAt;
  }

  *[Symbol.iterator](): Generator<Iterable<Publication>> {
    const { names, publications } = this.#in;
    let last: number | undefined;
    for (const publication of this.#candidates()) {
      if (this.#stepsLeft <= 0 && last !== undefined) {
        this.#stoppedAt = names.textOf(last);
        return;
      }
      const name = publications.nameOf(publication);
      this.#stepsLeft -= Math.max(1, this.#words.length / WORDS_A_STEP);
      last = name;
      if (this.#isMatch(name)) yield this.#publishers(publication);
    }
  }

  /** A publication of each name that may match: that of the user who is asked for, or any. */
  *#candidates(): Generator<number> {
    const { names, publications } = this.#in;
    const { after = "" } = this.#scope;
    const { user } = this.#query;
    const set = names.candidates(this.#words, this.#ends);
    if (set?.size === 0) return;
    if (user === undefined) {
      for (const name of names.inOrder(after, set)) yield names.firstOf(name);
    } else {
      for (const publication of this.#in.byUser.of(user, after)) {
        const name = publications.nameOf(publication);
        if (!set || set.has(names.placeOf(name))) yield publication;
      }
    }
  }

  #isMatch(name: number): boolean {
    const { names } = this.#in;
    if (!names.matches(name, this.#words)) return false;
    if (this.#ends.length > 0 && !this.#ends.some((end) => names.matches(name, [end]))) {
      return false;
    }
    this.#excepted ??= this.#placesOf(this.#scope.except);
    return !this.#excepted.has(names.placeOf(name));
  }

  #placesOf(user: string | undefined): NameSet {
    const { names, publications } = this.#in;
    const set = new NameSet();
    if (user === undefined) return set;
    for (const publication of this.#in.byUser.of(user)) {
      set.add(names.placeOf(publications.nameOf(publication)));
    }
    return set;
  }

  *#publishers(publication: number): Generator<Publication> {
    const { publications } = this.#in;
    const all = this.#query.user === undefined ? publications.around(publication) : [publication];
    for (const number of all) {
      this.#stepsLeft--;
      if (this.#hasSize(number)) yield new Publication(this.#in, number);
    }
  }

  #hasSize(publication: number): boolean {
    const { larger = -1, smaller = Infinity } = this.#query;
    if (larger === -1 && smaller === Infinity) return true;
    const size = this.#in.publications.sizeOf(publication);
    return size !== undefined && size > larger && size < smaller;
  }
}
