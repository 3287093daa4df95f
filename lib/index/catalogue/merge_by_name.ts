/**
 * Several sorted lists as one.
 *
 * @module
 */

import type { Publication } from "./publication.ts";

/** All of `lists`, each of which is in the order of names and shares, in that order. */
export function* mergeByName(lists: readonly Iterable<Publication>[]): Generator<Publication> {
  const iterators = lists.map((list) => list[Symbol.iterator]());
  const heads = iterators.map((iterator) => next(iterator));
  for (;;) {
    let first = -1;
    for (const [i, head] of heads.entries()) {
      if (head && (first < 0 || isBefore(head, heads[first]!))) first = i;
    }
    if (first < 0) return;
    yield heads[first]!;
    heads[first] = next(iterators[first]!);
  }
}

function isBefore(a: Publication, b: Publication): boolean {
  return a.name < b.name || a.name === b.name && a.share < b.share;
}

function next(iterator: Iterator<Publication>): Publication | undefined {
  const { done, value } = iterator.next();
  return done ? undefined : value;
}
