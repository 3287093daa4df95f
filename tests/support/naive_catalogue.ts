/**
 * A catalogue written as plainly as it can be, to compare the real one with.
 *
 * @module
 */

import { type ContentQuery, hasId, isMeant } from "../../lib/protocol/content.ts";
import type { FileDetails } from "../../lib/protocol/messages.ts";
import type { SearchQuery } from "../../lib/protocol/search_query.ts";

/** A publication. */
export interface NaivePublication {
  readonly user: string;
  readonly name: string;
  readonly details?: FileDetails | undefined;
}

/** All publications, gone through one by one for every question. */
export class NaiveCatalogue {
  readonly #byName = new Map<string, Map<string, NaivePublication>>();

  publish(publication: NaivePublication): void {
    const { user, name } = publication;
    const publishers = this.#byName.get(name) ?? new Map();
    this.#byName.set(name, publishers);
    if (isSame(publishers.get(user), publication)) return;
    publishers.delete(user); // Who tells something new comes last.
    publishers.set(user, publication);
  }

  /** Returns whether it was there. */
  withdraw(user: string, name: string): boolean {
    const publishers = this.#byName.get(name);
    const wasThere = publishers?.delete(user) ?? false;
    if (publishers?.size === 0) this.#byName.delete(name);
    return wasThere;
  }

  publishersOf(name: string): NaivePublication[] {
    return [...this.#byName.get(name)?.values() ?? []];
  }

  namesOf(user: string): NaivePublication[] {
    const all = this.#byName.values().flatMap((publishers) => publishers.values());
    const theirs = all.filter((it) => it.user === user).toArray();
    return theirs.sort((a, b) => a.name < b.name ? -1 : 1);
  }

  holdersOf(content: ContentQuery): NaivePublication[] {
    const all = this.#byName.values().flatMap((publishers) => publishers.values());
    return all.filter(({ details }) => hasId(details) && isMeant(details, content)).toArray();
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

function foldCase(text: string): string {
  return Array.from(text, (character) => character.toLowerCase()).join("").replaceAll("ς", "σ");
}
