/**
 * Going through the names that a search finds.
 *
 * @module
 */

import { SEARCH_STEPS } from "../../protocol/limits.ts";
import type { SearchQuery } from "../../protocol/search_query.ts";
import { type Ascending, END } from "./ascending.ts";
import type { Publication } from "./publication.ts";
import type { Part } from "./part.ts";
import type { Budget } from "./budget.ts";
import { Terms } from "./terms.ts";
import type { Owner, PublisherTable } from "./publisher_table.ts";

/** Steps that a publication which is found costs, whose user may not be there. */
const PUBLICATION_STEPS = 12;
/** The same for one that is not of the size that is asked for. */
const UNWANTED_STEPS = 6;
/** The same for looking up a name in a part. */
const LOOKUP_STEPS = 6;
/** The same for a name that may match, in each part, and for one that does. */
const CANDIDATE_STEPS = 2;
const MATCH_STEPS = 3;
/** Publications of one name that are gone through in a step. */
const ROWS_A_STEP = 32;

/** Where a search looks. */
export interface SearchScope {
  /** The name after which it begins. */
  readonly after?: string | undefined;
  /** A user whose names are left out. */
  readonly except?: string | undefined;
}

/**
 * The names that match a query, found one by one, in their order. Each comes as those of its
 * publications that the query asks for; there may be none, if it asks for a user or a size.
 *
 * The parts are gone through side by side, the name that comes first in any of them first: so no part
 * is read beyond the place where the search stops, and a stop loses no work.
 */
export class Search implements Iterable<Iterable<Publication>> {
  readonly #parts: readonly Part[];
  readonly #query: SearchQuery;
  readonly #terms: Terms | undefined;
  readonly #except: Owner | undefined;
  readonly #after: string;
  readonly #budget: Budget = { left: SEARCH_STEPS };
  #stoppedAt: string | undefined;

  /** Searches `parts`, the oldest of which is first. */
  constructor(
    parts: readonly Part[],
    publishers: PublisherTable,
    query: SearchQuery,
    { after = "", except = "" }: SearchScope,
  ) {
    const owner = query.user === undefined ? undefined : publishers.owner(query.user);
    this.#except = publishers.owner(except);
    const isHopeless = query.user !== undefined && (!owner || owner === this.#except);
    this.#parts = parts;
    this.#query = query;
    this.#terms = isHopeless ? undefined : new Terms(query, owner);
    this.#after = after;
  }

  /** The name after which to go on, if the search stopped because it had looked at too much. */
  get stoppedAt(): string | undefined {
    return this.#stoppedAt;
  }

  *[Symbol.iterator](): Generator<Iterable<Publication>> {
    const cursors = this.#begin();
    let last: string | undefined;
    for (;;) {
      const first = firstOf(cursors);
      if (!first) return;
      // At least one name is looked at, so that every search gets on.
      if (last !== undefined && this.#budget.left <= 0) {
        this.#stoppedAt = first.passed > last ? first.passed : last;
        return;
      }
      last = first.name!;
      this.#budget.left -= CANDIDATE_STEPS * cursors.length;
      const here = cursors.filter(({ name }) => name === last);
      if (first.isMatch()) yield* this.#found(last, here, cursors.length);
      for (const cursor of here) cursor.advance();
    }
  }

  *#found(
    name: string,
    cursors: readonly Cursor[],
    parts: number,
  ): Generator<Iterable<Publication>> {
    const published = cursors.filter((cursor) => cursor.isPublished());
    if (published.length === 0) return;
    this.#budget.left -= MATCH_STEPS * parts;
    if (!this.#isExcepted(name, cursors)) yield this.#wanted(published);
  }

  #begin(): Cursor[] {
    const terms = this.#terms;
    return terms ? this.#parts.map((it) => new Cursor(it, terms, this.#after, this.#budget)) : [];
  }

  /** Cursors that look for one user's names only pass over others. */
  #isExcepted(name: string, cursors: readonly Cursor[]): boolean {
    const except = this.#except;
    if (!except) return false;
    if (cursors.some((cursor) => cursor.isPublishedBy(except))) return true;
    if (!this.#terms?.owner) return false;
    const others = this.#parts.filter((part) => cursors.every((cursor) => cursor.part !== part));
    const { numbers } = except;
    this.#budget.left -= LOOKUP_STEPS * others.length * numbers.length;
    return others.some((part) => numbers.some((number) => part.find(number, name)));
  }

  *#wanted(cursors: readonly Cursor[]): Generator<Publication> {
    for (const cursor of cursors) {
      for (const publication of cursor.publications()) {
        const hasSize = this.#hasSize(publication);
        this.#budget.left -= hasSize ? PUBLICATION_STEPS : UNWANTED_STEPS;
        if (hasSize) yield publication;
      }
    }
  }

  #hasSize(publication: Publication): boolean {
    const { larger = -1, smaller = Infinity } = this.#query;
    if (larger === -1 && smaller === Infinity) return true;
    const { details } = publication;
    return details !== undefined && details.size > larger && details.size < smaller;
  }
}

/** Goes through the names of a part that may match. */
class Cursor {
  readonly part: Part;
  readonly #terms: Terms;
  readonly #budget: Budget;
  readonly #candidates: Ascending;
  #place: number;
  #name: string | undefined;

  constructor(part: Part, terms: Terms, after: string, budget: Budget) {
    this.part = part;
    this.#terms = terms;
    this.#budget = budget;
    this.#candidates = part.candidates(terms, budget);
    this.#place = part.placeAfter(after) - 1;
    this.advance();
  }

  /** The name that may match; `undefined` at the end. */
  get name(): string | undefined {
    return this.#name;
  }

  /** The last name of the part before that: it has been looked at or cannot match. */
  get passed(): string {
    return this.#place === 0 ? "" : this.part.nameAt(this.#place - 1);
  }

  /** Whether the name matches. */
  isMatch(): boolean {
    return this.#terms.match(this.part, this.#place, this.#budget);
  }

  /** Whether anybody still publishes the name, as far as this part knows. */
  isPublished(): boolean {
    this.#budget.left -= Math.floor(this.part.rowsAt(this.#place) / ROWS_A_STEP);
    return this.part.isPublished(this.#place);
  }

  /** What is published of the name, by the user who is asked for or by anybody. */
  publications(): Iterable<Publication> {
    const { owner } = this.#terms;
    if (!owner) return this.part.publicationsAt(this.#place);
    return this.part.publicationsBy(owner, this.#place);
  }

  /** Whether `owner` publishes the name. */
  isPublishedBy(owner: Owner): boolean {
    return this.part.isPublishedBy(owner, this.#place);
  }

  /** Goes to the next name that may match. */
  advance(): void {
    this.#place = this.#seek(this.#place + 1);
    this.#name = this.#place === END ? undefined : this.part.nameAt(this.#place);
  }

  #seek(from: number): number {
    if (from >= this.part.length) return END;
    const found = this.#candidates.seek(from);
    return found < this.part.length ? found : END;
  }
}

/** The one whose name comes first. */
function firstOf(cursors: readonly Cursor[]): Cursor | undefined {
  let first: Cursor | undefined;
  for (const cursor of cursors) {
    const { name } = cursor;
    if (name !== undefined && (first === undefined || name < first.name!)) first = cursor;
  }
  return first;
}
