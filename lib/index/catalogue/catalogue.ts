/**
 * Who publishes what.
 *
 * @module
 */

import type { ContentQuery } from "../../protocol/content.ts";
import { ShareSums } from "../../protocol/digest.ts";
import { LETTERS_PER_USER, PUBLICATIONS_PER_USER } from "../../protocol/limits.ts";
import { PLAIN_SHARE } from "../../protocol/share.ts";
import type { FileDetails } from "../../protocol/messages.ts";
import type { SearchQuery } from "../../protocol/search_query.ts";
import { Compaction, countWorthMerging } from "./compaction.ts";
import { mergeByName } from "./merge_by_name.ts";
import { Overlay } from "./overlay.ts";
import type { Lookup, Publication } from "./publication.ts";
import type { Part } from "./part.ts";
import { Search, type SearchScope } from "./search.ts";
import { Segment } from "./segment.ts";
import { ShareDigests } from "./share_digests.ts";
import { finish } from "./slices.ts";
import { SortedRun } from "./sorted_run.ts";
import { PublisherTable } from "./publisher_table.ts";
import { ALL, type Window } from "./window.ts";

export type { Publication } from "./publication.ts";
export type { Search } from "./search.ts";
export type { Window } from "./window.ts";

/** One entry of the journal: what a user published or withdrew. */
export type CatalogueEvent =
  & {
    readonly user: string;
    /** From where. @default {PLAIN_SHARE} */
    readonly share?: string | undefined;
    readonly name: string;
    /** The name of the session of protocol 2 that asks for it: once that is over, it is not done any more. */
    readonly by?: string | undefined;
  }
  & (
    | {
      readonly kind: "publish";
      readonly details?: FileDetails | undefined;
      /** Set if it is taken over from {@linkcode PLAIN_SHARE}, which then has it no more. */
      readonly isAdopted?: true | undefined;
    }
    | {
      readonly kind: "withdraw";
      /** Set if it is withdrawn from all shares of the user. */
      readonly isEverywhere?: true | undefined;
    }
  );

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
  readonly #publishers = new PublisherTable();
  readonly #digests = new ShareDigests();
  readonly #limit: number;
  /** What comes in order, until the catalogue is settled. */
  #run: SortedRun | undefined = new SortedRun(this.#publishers);
  #overlay = new Overlay(this.#publishers);
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

  /** How many publications there are. */
  get size(): number {
    return this.#publishers.total;
  }

  /** How many names they have, at most: parts may have a name in common, or one that is withdrawn. */
  get names(): number {
    this.settle();
    return this.#parts.reduce((sum, { length }) => sum + length, 0);
  }

  /** Whether `user` publishes `name` from `share`. */
  has(user: string, name: string, share = PLAIN_SHARE): boolean {
    return this.#find(user, share, name) !== undefined;
  }

  /** Whether `user` publishes `name` from any share. */
  hasAnywhere(user: string, name: string): boolean {
    const numbers = this.#publishers.owner(user)?.numbers ?? [];
    return numbers.some((number) => this.#holderOf(number, name) !== undefined);
  }

  /** What is known of the file that `user` publishes as `name` from `share`. */
  detailsOf(user: string, name: string, share = PLAIN_SHARE): FileDetails | undefined {
    return this.#find(user, share, name)?.details;
  }

  /** How many publications `user` has in `share`. */
  countIn(user: string, share: string): number {
    const number = this.#publishers.find(user, share);
    return number === undefined ? 0 : this.#publishers.countBy(number);
  }

  /** Whether `user` has, or can have, publications in `share`. */
  hasRoomFor(user: string, share: string): boolean {
    return this.#publishers.hasRoomFor(user, share);
  }

  /** Whether `user` has, with `coming` more, as many publications or letters as one may have. */
  isFull(user: string, coming = 0): boolean {
    const isMany = this.#publishers.countOf(user) + coming >= PUBLICATIONS_PER_USER;
    return isMany || this.#publishers.lettersOf(user) >= LETTERS_PER_USER;
  }

  /**
   * What `user` publishes, by name and of one name by share, from the first name after `after`.
   *
   * @param share The one whose publications are meant. @default all
   */
  namesOf(user: string, after = "", share?: string): Iterable<Publication> {
    this.settle();
    const { numbers = [] } = this.#publishers.owner(user) ?? {};
    const meant = share === undefined
      ? numbers
      : numbers.filter((number) => this.#publishers.shareOf(number) === share);
    return mergeByName(meant.flatMap((number) => {
      return this.#parts.map((part) => part.namesOf(number, after));
    }));
  }

  /** All publications, those of one user after those of another. */
  *publications(): Generator<Publication> {
    for (const user of this.#publishers.users()) yield* this.namesOf(user);
  }

  /**
   * The sums of what `user` has in `share`; nothing if that takes longer than others should have to
   * wait, and has to be asked for again.
   */
  sumsOf(user: string, share: string): ShareSums | undefined {
    const number = this.#publishers.find(user, share);
    if (number === undefined) return new ShareSums();
    return this.#digests.read(number, (after) => this.namesOf(user, after, share));
  }

  /** The publications of `name` by `user` from the shares after `share`, in their order. */
  othersOf(user: string, name: string, share: string): Publication[] {
    const { numbers = [] } = this.#publishers.owner(user) ?? {};
    const later = numbers.filter((number) => this.#publishers.shareOf(number) > share);
    const found = later.map((number) => this.#holderOf(number, name)?.find(number, name));
    return found.filter((it) => it !== undefined).sort((a, b) => a.share < b.share ? -1 : 1);
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
   * Who has what is meant by `content`, active or not, for each publisher and content one
   * publication, or several where parts of the catalogue overlap. Each part is looked at through `window`, which
   * counts publishers.
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
    return new Search(this.#parts, this.#publishers, query, scope);
  }

  #lookups(): readonly Lookup[] {
    return this.#run ? [this.#run, ...this.#parts] : this.#parts;
  }

  #find(user: string, share: string, name: string): Publication | undefined {
    const number = this.#publishers.find(user, share);
    return number === undefined ? undefined : this.#holderOf(number, name)?.find(number, name);
  }

  #holderOf(number: number, name: string): Lookup | undefined {
    return this.#lookups().findLast((lookup) => lookup.find(number, name));
  }

  #publish(
    { user, share = PLAIN_SHARE, name, details, isAdopted }: CatalogueEvent & { kind: "publish" },
  ): void {
    if (isAdopted) this.#withdrawBy(this.#publishers.find(user, PLAIN_SHARE), name);
    const number = this.#publishers.findOrAdd(user, share);
    if (!this.#run?.take(number, name, details)) {
      const holder = this.#holderOf(number, name);
      if (holder && isSame(holder.find(number, name)!.details, details)) return;
      if (holder) this.#remove(holder, number, name);
      this.#overlay.add(number, name, details);
    }
    if (this.#digests.has(number)) this.#digests.note(number, name, details, 1);
    this.#publishers.count(number, name, 1);
  }

  #withdraw({ user, share = PLAIN_SHARE, name, isEverywhere }: Withdrawal): void {
    const { numbers = [] } = this.#publishers.owner(user) ?? {};
    if (isEverywhere) { for (const number of numbers) this.#withdrawBy(number, name); }
    else this.#withdrawBy(this.#publishers.find(user, share), name);
  }

  #withdrawBy(number: number | undefined, name: string): void {
    if (number === undefined) return;
    const holder = this.#holderOf(number, name);
    if (holder) this.#remove(holder, number, name);
  }

  #remove(holder: Lookup, number: number, name: string): void {
    if (this.#digests.has(number)) {
      this.#digests.note(number, name, holder.find(number, name)!.details, -1);
    }
    holder.remove(number, name);
    this.#compaction?.noteRemoval(holder, number, name);
    this.#publishers.count(number, name, -1);
  }

  /** Goes on with the merge that is under way, or begins one if the overlay is full. */
  #compact(): void {
    const segment = this.#compaction?.step();
    if (segment) this.#replaceMerged(segment);
    if (this.#compaction || this.#overlay.additions < this.#limit) return;
    const merged = this.#parts.slice(-countWorthMerging(this.#parts));
    this.#compaction = new Compaction(merged, this.#publishers, this.#limit);
    this.#overlay = new Overlay(this.#publishers);
    this.#parts = [...this.#parts, this.#overlay];
  }

  #replaceMerged(segment: Segment): void {
    const { parts } = this.#compaction!;
    const older = this.#parts.slice(0, this.#parts.indexOf(parts[0]!));
    this.#parts = [...older, ...segment.size > 0 ? [segment] : [], this.#overlay];
    this.#compaction = undefined;
  }
}

type Withdrawal = CatalogueEvent & { kind: "withdraw" };

/** Whether both tell the same of a file. */
export function isSame(a: FileDetails | undefined, b: FileDetails | undefined): boolean {
  return a?.size === b?.size && a?.id === b?.id;
}
