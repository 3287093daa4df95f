/**
 * The newest publications.
 *
 * @module
 */

import { type ContentQuery, hasId } from "../../protocol/content.ts";
import type { FileDetails } from "../../protocol/messages.ts";
import { decodeUtf8, encodeUtf8 } from "../../protocol/utf8.ts";
import { lowerBound } from "../../collections/lower_bound.ts";
import { type Ascending, END } from "./ascending.ts";
import type { Budget } from "./budget.ts";
import { ContentList } from "./content_list.ts";
import { foldCase } from "./fold.ts";
import { GramFilter, WantedGrams } from "./gram_filter.ts";
import type { Publication } from "./publication.ts";
import type { Part } from "./part.ts";
import type { Rows } from "./rows.ts";
import type { Terms } from "./terms.ts";
import type { UserTable } from "./user_table.ts";
import { ALL, eachIn, type Window } from "./window.ts";

/** A name and what its publishers know of the file, in the order in which they told. */
interface Entry {
  readonly name: string;
  readonly folded: string;
  readonly grams: GramFilter;
  readonly publishers: Map<number, FileDetails | undefined>;
}

/** Names that a search passes over in a step, as they do not hold the grams it looks for. */
const PASSED_A_STEP = 2;

/**
 * So few publications that a search can pass over all names, each of which tells at once whether it may
 * match, however long it is. Names stay when they are not published any more.
 */
export class Overlay implements Part {
  readonly #users: UserTable;
  readonly #entries = new Map<string, Entry>();
  readonly #sorted: Entry[] = [];
  readonly #byContent: ContentList;
  #size = 0;
  #letters = 0;
  #additions = 0;

  constructor(users: UserTable) {
    this.#users = users;
    this.#byContent = new ContentList(users);
  }

  get length(): number {
    return this.#sorted.length;
  }

  get size(): number {
    return this.#size;
  }

  get letters(): number {
    return this.#letters;
  }

  /** How many publications were ever added. */
  get additions(): number {
    return this.#additions;
  }

  /** Adds what is not there. */
  add(user: number, name: string, details: FileDetails | undefined): void {
    const entry = this.#entries.get(name) ?? this.#addName(name);
    entry.publishers.set(user, details);
    this.#size++;
    this.#additions++;
    if (hasId(details)) this.#byContent.add({ user, name: entry.name, details });
  }

  nameAt(place: number): string {
    return this.#sorted[place]!.name;
  }

  foldedAt(place: number): string {
    return this.#sorted[place]!.folded;
  }

  placeAfter(after: string): number {
    return lowerBound(this.length, (place) => this.nameAt(place) <= after);
  }

  find(user: number, name: string): Publication | undefined {
    const entry = this.#entries.get(name);
    return entry?.publishers.has(user) ? this.#publication(entry, user) : undefined;
  }

  remove(user: number, name: string): void {
    const publishers = this.#entries.get(name)?.publishers;
    const details = publishers?.get(user);
    if (!publishers?.delete(user)) return;
    this.#size--;
    if (hasId(details)) this.#byContent.remove({ user, name, details });
  }

  publishersOf(name: string, window = ALL, found: Publication[] = []): Publication[] {
    const entry = this.#entries.get(name);
    if (!entry) return found;
    const users = [...entry.publishers.keys()];
    eachIn(window, 0, users.length, (i) => found.push(this.#publication(entry, users[i]!)));
    return found;
  }

  isPublished(place: number): boolean {
    return this.#sorted[place]!.publishers.size > 0;
  }

  publicationsAt(place: number): Iterable<Publication> {
    return this.#publications(this.#sorted[place]!);
  }

  /** Each is found at once. */
  rowsAt(): number {
    return 0;
  }

  publicationBy(user: number, place: number): Publication | undefined {
    const entry = this.#sorted[place]!;
    return entry.publishers.has(user) ? this.#publication(entry, user) : undefined;
  }

  candidates(terms: Terms, budget: Budget): Ascending {
    const grams = new WantedGrams(terms);
    return { seek: (from) => this.#seek(from, grams, terms.user, budget) };
  }

  *namesOf(user: number, after: string): Generator<Publication> {
    for (let place = this.placeAfter(after); place < this.length; place++) {
      const publication = this.publicationBy(user, place);
      if (publication) yield publication;
    }
  }

  holdersOf(content: ContentQuery, window: Window, found: Publication[]): void {
    this.#byContent.holdersOf(content, window, found);
  }

  copyTo(rows: Rows, place: number): void {
    const { name, publishers } = this.#sorted[place]!;
    for (const [user, details] of publishers) rows.add(user, name, details);
  }

  #seek(from: number, grams: WantedGrams, user: number | undefined, budget: Budget): number {
    const isCandidate = (entry: Entry) => {
      return (user === undefined || entry.publishers.has(user)) && grams.mayBeIn(entry.grams);
    };
    let place = from;
    while (place < this.length && !isCandidate(this.#sorted[place]!)) place++;
    budget.left -= Math.ceil((place - from) / PASSED_A_STEP);
    return place < this.length ? place : END;
  }

  #addName(told: string): Entry {
    const name = ownCopy(told);
    const folded = foldCase(name);
    const entry = { name, folded, grams: new GramFilter(folded), publishers: new Map() };
    this.#entries.set(name, entry);
    this.#letters += name.length;
    this.#sorted.splice(lowerBound(this.length, (place) => this.nameAt(place) < name), 0, entry);
    return entry;
  }

  *#publications(entry: Entry): Generator<Publication> {
    for (const user of entry.publishers.keys()) yield this.#publication(entry, user);
  }

  #publication({ name, publishers }: Entry, user: number): Publication {
    return { user: this.#users.nameOf(user), name, details: publishers.get(user) };
  }
}

/** A part of a message would keep all of it in memory. */
function ownCopy(text: string): string {
  return decodeUtf8(encodeUtf8(text));
}
