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
import type { UserTable } from "./user_table.ts";

/** Steps that a publication which is found costs, whose user may not be there. */
const PUBLICATION_STEPS = 12;
/** The same for one that is not of the size that is asked for. */
const UNWANTED_STEPS = 6;
/** The same for looking up a name in a part. */
const LOOKUP_STEPS = 6;
/** The same for a name that matches, in each part. */
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
 */
export class Search implements Iterable<Iterable<Publication>> {
  readonly #parts: readonly Part[];
  readonly #query: SearchQuery;
  readonly #terms: Terms | undefined;
  readonly #except: number | undefined;
  readonly #after: string;
  readonly #budget: Budget = { left: SEARCH_STEPS };
  #stoppedAt: string | undefined;

  /** Searches `parts`, the oldest of which is first. */
  constructor(
    parts: readonly Part[],
    users: UserTable,
    query: SearchQuery,
    { after = "", except = "" }: SearchScope,
  ) {
    const user = query.user === undefined ? undefined : users.find(query.user);
    this.#except = users.find(except);
    const isHopeless = query.user !== undefined && (user === undefined || user === this.#except);
    this.#parts = parts;
    this.#query = query;
    this.#terms = isHopeless ? undefined : new Terms(query, user);
    this.#after = after;
  }

  /** The name after which to go on, if the search stopped because it had looked at too much. */
  get stoppedAt(): string | undefined {
    return this.#stoppedAt;
  }

  *[Symbol.iterator](): Generator<Iterable<Publication>> {
    const cursors = this.#begin();
    for (let last = "";;) {
      const first = firstOf(cursors);
      if (!first) return;
      if (first.isStopped) {
        this.#stoppedAt = first.passed > last ? first.passed : last;
        return;
      }
      last = first.name!;
      this.#budget.left -= MATCH_STEPS * cursors.length;
      const here = cursors.filter(({ name }) => name === last);
      if (!this.#isExcepted(last, here)) yield this.#wanted(here);
      for (const cursor of here) cursor.advance();
    }
  }

  #begin(): Cursor[] {
    const terms = this.#terms;
    return terms ? this.#parts.map((it) => new Cursor(it, terms, this.#after, this.#budget)) : [];
  }

  /** Cursors that look for one user's names only pass over others. */
  #isExcepted(name: string, cursors: readonly Cursor[]): boolean {
    const except = this.#except;
    if (except === undefined) return false;
    if (cursors.some((cursor) => cursor.publicationBy(except))) return true;
    if (this.#terms?.user === undefined) return false;
    const others = this.#parts.filter((part) => cursors.every((cursor) => cursor.part !== part));
    this.#budget.left -= LOOKUP_STEPS * others.length;
    return others.some((part) => part.find(except, name));
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

/** Goes from match to match in a part. */
class Cursor {
  readonly part: Part;
  readonly #terms: Terms;
  readonly #budget: Budget;
  readonly #candidates: Ascending;
  readonly #first: number;
  #place: number;
  #isStopped = false;
  #name: string | undefined;

  constructor(part: Part, terms: Terms, after: string, budget: Budget) {
    this.part = part;
    this.#terms = terms;
    this.#budget = budget;
    this.#candidates = part.candidates(terms, budget);
    this.#first = part.placeAfter(after);
    this.#place = this.#first - 1;
    this.advance();
  }

  /** The name that matches, or where it stopped; `undefined` at the end. */
  get name(): string | undefined {
    return this.#name;
  }

  /** Whether the budget was spent before the name was looked at. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** The last name before that, which has been looked at or could not match. */
  get passed(): string {
    return this.part.nameAt(this.#place - 1);
  }

  /** What is published of the name, by the user who is asked for or by anybody. */
  publications(): Iterable<Publication> {
    const { user } = this.#terms;
    if (user === undefined) return this.part.publicationsAt(this.#place);
    const publication = this.publicationBy(user);
    return publication ? [publication] : [];
  }

  /** What `user` publishes of the name. */
  publicationBy(user: number): Publication | undefined {
    return this.part.publicationBy(user, this.#place);
  }

  /** Goes to the next match; at least one name is looked at, so that every search gets on. */
  advance(): void {
    do {
      this.#place = this.#seek(this.#place + 1);
      if (this.#place === END) return void (this.#name = undefined);
      this.#isStopped = this.#budget.left <= 0 && this.#place > this.#first;
      this.#budget.left--;
    } while (!this.#isStopped && !this.#isMatch());
    this.#name = this.part.nameAt(this.#place);
  }

  #isMatch(): boolean {
    if (!this.#terms.match(this.part, this.#place, this.#budget)) return false;
    this.#budget.left -= Math.floor(this.part.rowsAt(this.#place) / ROWS_A_STEP);
    return this.part.isPublished(this.#place);
  }

  #seek(from: number): number {
    if (from >= this.part.length) return END;
    const found = this.#candidates.seek(from);
    return found < this.part.length ? found : END;
  }
}

/** The one whose name comes first; of several, one that has not stopped. */
function firstOf(cursors: readonly Cursor[]): Cursor | undefined {
  let first: Cursor | undefined;
  for (const cursor of cursors) {
    const { name } = cursor;
    if (name === undefined) continue;
    const order = first === undefined || name < first.name! ? -1 : name === first.name ? 0 : 1;
    if (order < 0 || order === 0 && !cursor.isStopped) first = cursor;
  }
  return first;
}
