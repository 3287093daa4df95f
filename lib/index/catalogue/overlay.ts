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
import type { Owner, PublisherTable } from "./publisher_table.ts";
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
  readonly #publishers: PublisherTable;
  readonly #entries = new Map<string, Entry>();
  readonly #sorted: Entry[] = [];
  readonly #byContent: ContentList;
  #size = 0;
  #letters = 0;
  #additions = 0;

  constructor(publishers: PublisherTable) {
    this.#publishers = publishers;
    this.#byContent = new ContentList(publishers);
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
  add(publisher: number, name: string, details: FileDetails | undefined): void {
    const entry = this.#entries.get(name) ?? this.#addName(name);
    entry.publishers.set(publisher, details);
    this.#size++;
    this.#additions++;
    if (hasId(details)) this.#byContent.add({ publisher, name: entry.name, details });
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

  find(publisher: number, name: string): Publication | undefined {
    const entry = this.#entries.get(name);
    return entry?.publishers.has(publisher) ? this.#publication(entry, publisher) : undefined;
  }

  remove(publisher: number, name: string): void {
    const publishers = this.#entries.get(name)?.publishers;
    const details = publishers?.get(publisher);
    if (!publishers?.delete(publisher)) return;
    this.#size--;
    if (hasId(details)) this.#byContent.remove({ publisher, name, details });
  }

  publishersOf(name: string, window = ALL, found: Publication[] = []): Publication[] {
    const entry = this.#entries.get(name);
    if (!entry) return found;
    const all = [...entry.publishers.keys()];
    eachIn(window, 0, all.length, (i) => found.push(this.#publication(entry, all[i]!)));
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

  *publicationsBy({ numbers }: Owner, place: number): Generator<Publication> {
    const entry = this.#sorted[place]!;
    for (const it of numbers) if (entry.publishers.has(it)) yield this.#publication(entry, it);
  }

  isPublishedBy(owner: Owner, place: number): boolean {
    return isBy(owner, this.#sorted[place]!);
  }

  candidates(terms: Terms, budget: Budget): Ascending {
    const grams = new WantedGrams(terms);
    return { seek: (from) => this.#seek(from, grams, terms.owner, budget) };
  }

  *namesOf(publisher: number, after: string): Generator<Publication> {
    for (let place = this.placeAfter(after); place < this.length; place++) {
      const entry = this.#sorted[place]!;
      if (entry.publishers.has(publisher)) yield this.#publication(entry, publisher);
    }
  }

  holdersOf(content: ContentQuery, window: Window, found: Publication[]): void {
    this.#byContent.holdersOf(content, window, found);
  }

  copyTo(rows: Rows, place: number): void {
    const { name, publishers } = this.#sorted[place]!;
    for (const [publisher, details] of publishers) rows.add(publisher, name, details);
  }

  #seek(from: number, grams: WantedGrams, owner: Owner | undefined, budget: Budget): number {
    const isCandidate = (entry: Entry) => {
      return (!owner || isBy(owner, entry)) && grams.mayBeIn(entry.grams);
    };
    let place = from;
    while (place < this.length && !isCandidate(this.#sorted[place]!)) place++;
    budget.left -= Math.ceil((place - from) * (owner?.numbers.length ?? 1) / PASSED_A_STEP);
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
    for (const it of entry.publishers.keys()) yield this.#publication(entry, it);
  }

  #publication({ name, publishers }: Entry, publisher: number): Publication {
    return {
      ...this.#publishers.of(publisher),
      publisher,
      name,
      details: publishers.get(publisher),
    };
  }
}

function isBy({ numbers }: Owner, { publishers }: Entry): boolean {
  for (const number of numbers) if (publishers.has(number)) return true;
  return false;
}

/** A part of a message would keep all of it in memory. */
function ownCopy(text: string): string {
  return decodeUtf8(encodeUtf8(text));
}
