/**
 * A catalogue written as plainly as it can be, to compare the real one with.
 *
 * @module
 */

import {
  type ContentKey,
  type ContentQuery,
  formatContent,
  hasId,
  isMeant,
} from "../../lib/protocol/content.ts";
import type { FileDetails } from "../../lib/protocol/messages.ts";
import { PLAIN_SHARE } from "../../lib/protocol/share.ts";
import type { SearchQuery } from "../../lib/protocol/search_query.ts";

/** A publication. */
export interface NaivePublication {
  readonly user: string;
  readonly share: string;
  readonly name: string;
  readonly details?: FileDetails | undefined;
}

/** One that may leave out that its share is the plain one. */
type Told = Omit<NaivePublication, "share"> & { readonly share?: string | undefined };

/**
 * All publications, gone through one by one for every question. Only what a test of many requests
 * asks all the time is kept beside them: who has a content, and a name without regard to case.
 */
export class NaiveCatalogue {
  readonly #byName = new Map<string, Map<string, NaivePublication>>();
  readonly #byContent = new Map<string, Set<NaivePublication>>();

  publish({ user, share = PLAIN_SHARE, name, details }: Told): void {
    const publication = { user, share, name, details };
    const publishers = this.#byName.get(name) ?? new Map<string, NaivePublication>();
    if (isSame(publishers.get(keyOf(user, share)), publication)) return;
    this.withdraw(user, name, share); // Who tells something new comes last.
    this.#byName.set(name, publishers.set(keyOf(user, share), publication));
    const content = contentOf(publication);
    if (!this.#byContent.has(content)) this.#byContent.set(content, new Set());
    this.#byContent.get(content)!.add(publication);
  }

  /** Returns whether it was there. */
  withdraw(user: string, name: string, share = PLAIN_SHARE): boolean {
    const publishers = this.#byName.get(name);
    const publication = publishers?.get(keyOf(user, share));
    if (!publishers || !publication) return false;
    publishers.delete(keyOf(user, share));
    if (publishers.size === 0) this.#byName.delete(name);
    this.#byContent.get(contentOf(publication))!.delete(publication);
    return true;
  }

  /** Returns whether any share had it. */
  withdrawEverywhere(user: string, name: string): boolean {
    const shares = this.publishersOf(name).filter((it) => it.user === user);
    return shares.filter(({ share }) => this.withdraw(user, name, share)).length > 0;
  }

  publishersOf(name: string): NaivePublication[] {
    return [...this.#byName.get(name)?.values() ?? []];
  }

  namesOf(user: string): NaivePublication[] {
    const all = this.#byName.values().flatMap((publishers) => publishers.values());
    const theirs = all.filter((it) => it.user === user).toArray();
    return theirs.sort((a, b) => keyOf(a.name, a.share) < keyOf(b.name, b.share) ? -1 : 1);
  }

  holdersOf(content: ContentQuery): NaivePublication[] {
    const all = this.#byName.values().flatMap((publishers) => publishers.values());
    return all.filter(({ details }) => hasId(details) && isMeant(details, content)).toArray();
  }

  /** Publications of exactly this content, as {@linkcode holdersOf} finds them, without a search. */
  ofContent(content: ContentKey): NaivePublication[] {
    return [...this.#byContent.get(formatContent(content)) ?? []];
  }

  /** The names that match, in their order, with the publications that do. */
  search(query: SearchQuery): NaivePublication[][] {
    const found: NaivePublication[][] = [];
    for (const name of this.#byName.keys()) {
      if (!isMatch(name, query)) continue;
      const publishers = this.publishersOf(name).filter((it) => isWanted(it, query));
      if (publishers.length > 0) found.push(publishers);
    }
    return found.sort(([a], [b]) => a!.name < b!.name ? -1 : 1);
  }
}

function keyOf(first: string, share: string): string {
  return `${first}\0${share}`;
}

function contentOf({ details }: NaivePublication): string {
  return hasId(details) ? formatContent(details) : "-";
}

function isMatch(name: string, { words, isAnyCase, extensions }: SearchQuery): boolean {
  const fold = (text: string) => isAnyCase ? foldCase(text) : text;
  if (!words.every((word) => fold(name).includes(fold(word)))) return false;
  const isEnd = (extension: string) => foldCase(name).endsWith(foldCase(`.${extension}`));
  return extensions.length === 0 || extensions.some(isEnd);
}

function isSame(a: NaivePublication | undefined, b: NaivePublication): boolean {
  return a !== undefined && a.details?.size === b.details?.size && a.details?.id === b.details?.id;
}

function isWanted({ user, details }: NaivePublication, query: SearchQuery): boolean {
  if (query.user !== undefined && query.user !== user) return false;
  if (query.larger === undefined && query.smaller === undefined) return true;
  if (!details) return false;
  return details.size > (query.larger ?? -1) && details.size < (query.smaller ?? Infinity);
}

const FOLDED = new Map<string, string>();

function foldCase(text: string): string {
  const known = FOLDED.get(text);
  if (known !== undefined) return known;
  const lower = Array.from(text, (character) => character.toLowerCase()).join("");
  const folded = lower.replaceAll("ς", "σ");
  FOLDED.set(text, folded);
  return folded;
}
