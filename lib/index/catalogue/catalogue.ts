/**
 * Who publishes what.
 *
 * @module
 */

import type { ContentQuery } from "../../protocol/content.ts";
import { LETTERS_PER_USER, PUBLICATIONS_PER_USER } from "../../protocol/limits.ts";
import type { FileDetails } from "../../protocol/messages.ts";
import type { SearchQuery } from "../../protocol/search_query.ts";
import { Compaction, countWorthMerging } from "./compaction.ts";
import { mergeByName } from "./merge_by_name.ts";
import { Overlay } from "./overlay.ts";
import type { Lookup, Publication } from "./publication.ts";
import type { Part } from "./part.ts";
import { Search, type SearchScope } from "./search.ts";
import { Segment } from "./segment.ts";
import { finish } from "./slices.ts";
import { SortedRun } from "./sorted_run.ts";
import { UserTable } from "./user_table.ts";
import { ALL, type Window } from "./window.ts";

export type { Publication } from "./publication.ts";
export type { Search } from "./search.ts";
export type { Window } from "./window.ts";

/** One entry of the journal: what a user published or withdrew. */
export type CatalogueEvent =
  | {
    readonly kind: "publish";
    readonly user: string;
    readonly name: string;
    readonly details?: FileDetails | undefined;
  }
  | { readonly kind: "withdraw"; readonly user: string; readonly name: string };

/**
 * Publications that the overlay takes before it is merged: few enough to be gone through for each
 * search, and enough that a merge of a million, in as many steps, costs each event no more than about
 * a millisecond.
 */
const OVERLAY_PUBLICATIONS = 4_096;

/**
 * All publications, which outlive the sessions of those who made them: a fold over the events that
 * made them, and changed by nothing else. What it returns is read lazily, and only until the next
 * event.
 *
 * It is a log-structured merge tree: the newest publications are in an overlay, the others in
 * segments, each many times as large as the next one. The first ones, which a journal tells in their
 * order, go into a run that becomes the first segment.
 */
export class Catalogue {
  readonly #users = new UserTable();
  readonly #limit: number;
  /** What comes in order, until the catalogue is settled. */
  #run: SortedRun | undefined = new SortedRun(this.#users);
  #overlay = new Overlay(this.#users);
  /** The segments and the overlay, the oldest first. */
  #parts: readonly Part[] = [this.#overlay];
  #compaction: Compaction | undefined;

  /** A catalogue whose overlay takes about `limit` publications. */
  constructor(limit: number = OVERLAY_PUBLICATIONS) {
    this.#limit = limit;
  }

  /** Takes in one event; those of a journal in their order make the catalogue what it was. */
  apply(event: CatalogueEvent): void {
    if (event.kind === "publish") this.#publish(event);
    else this.#withdraw(event);
    this.#compact();
  }

  /** Makes ready to be read what was taken in so far: quickest if it came in the order of names. */
  settle(): void {
    const rows = this.#run?.rows;
    this.#run = undefined;
    if (!rows || rows.length === 0) return;
    this.#parts = [finish(Segment.of(rows, this.#limit)), ...this.#parts];
  }

  /** Whether `user` publishes `name`. */
  has(user: string, name: string): boolean {
    return this.#find(user, name) !== undefined;
  }

  /** What is known of the file that `user` publishes as `name`. */
  detailsOf(user: string, name: string): FileDetails | undefined {
    return this.#find(user, name)?.details;
  }

  /** Whether `user` has, with `coming` more, as many publications or letters as one may have. */
  isFull(user: string, coming = 0): boolean {
    const isMany = this.#users.countOf(user) + coming >= PUBLICATIONS_PER_USER;
    return isMany || this.#users.lettersOf(user) >= LETTERS_PER_USER;
  }

  /** What `user` publishes, by name, from the first name after `after`. */
  namesOf(user: string, after = ""): Iterable<Publication> {
    this.settle();
    const number = this.#users.find(user);
    if (number === undefined) return [];
    return mergeByName(this.#parts.map((part) => part.namesOf(number, after)));
  }

  /**
   * Who publishes `name`, active or not, in the order in which they did or told something new. Each
   * part of the catalogue is looked at through `window`.
   */
  publishersOf(name: string, window: Window = ALL): readonly Publication[] {
    const found: Publication[] = [];
    for (const lookup of this.#lookups()) lookup.publishersOf(name, window, found);
    return found;
  }

  /**
   * Who has what is meant by `content`, active or not, for each user and content one publication,
   * or several where parts of the catalogue overlap. Each part is looked at through `window`, which
   * counts users.
   */
  holdersOf(content: ContentQuery, window: Window = ALL): readonly Publication[] {
    this.settle();
    const found: Publication[] = [];
    for (const part of this.#parts) part.holdersOf(content, window, found);
    return found;
  }

  /** The names that match `query`, in their order. */
  search(query: SearchQuery, scope: SearchScope = {}): Search {
    this.settle();
    return new Search(this.#parts, this.#users, query, scope);
  }

  #lookups(): readonly Lookup[] {
    return this.#run ? [this.#run, ...this.#parts] : this.#parts;
  }

  #find(user: string, name: string): Publication | undefined {
    const number = this.#users.find(user);
    if (number === undefined) return undefined;
    for (const lookup of this.#lookups().toReversed()) {
      const found = lookup.find(number, name);
      if (found) return found;
    }
  }

  #publish({ user, name, details }: CatalogueEvent & { kind: "publish" }): void {
    const number = this.#users.findOrAdd(user);
    if (!this.#run?.take(number, name, details)) {
      const known = this.#find(user, name);
      if (known && isSame(known.details, details)) return;
      this.#withdraw({ user, name });
      this.#overlay.add(number, name, details);
    }
    this.#users.count(number, name, 1);
  }

  #withdraw({ user, name }: { user: string; name: string }): void {
    const number = this.#users.find(user);
    if (number === undefined) return;
    const holder = this.#lookups().findLast((lookup) => lookup.find(number, name));
    if (!holder) return;
    holder.remove(number, name);
    this.#compaction?.noteRemoval(holder, number, name);
    this.#users.count(number, name, -1);
  }

  /** Goes on with the merge that is under way, or begins one if the overlay is full. */
  #compact(): void {
    const segment = this.#compaction?.step();
    if (segment) this.#replaceMerged(segment);
    if (this.#compaction || this.#overlay.additions < this.#limit) return;
    const merged = this.#parts.slice(-countWorthMerging(this.#parts));
    this.#compaction = new Compaction(merged, this.#users, this.#limit);
    this.#overlay = new Overlay(this.#users);
    this.#parts = [...this.#parts, this.#overlay];
  }

  #replaceMerged(segment: Segment): void {
    const { parts } = this.#compaction!;
    const older = this.#parts.slice(0, this.#parts.indexOf(parts[0]!));
    this.#parts = [...older, ...segment.size > 0 ? [segment] : [], this.#overlay];
    this.#compaction = undefined;
  }
}

/** Whether both tell the same of a file. */
export function isSame(a: FileDetails | undefined, b: FileDetails | undefined): boolean {
  return a?.size === b?.size && a?.id === b?.id;
}
