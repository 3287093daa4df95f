/**
 * Several sorted lists as one.
 *
 * @module
 */

import type { Publication } from "./publication.ts";

/** All of `lists`, each of which is in the order of names, in that order. */
export function* mergeByName(lists: readonly Iterable<Publication>[]): Generator<Publication> {
  const iterators = lists.map((list) => list[Symbol.iterator]());
  const heads = iterators.map((iterator) => next(iterator));
  for (;;) {
    let first = -1;
    for (const [i, head] of heads.entries()) {
      if (head && (first < 0 || head.name < heads[first]!.name)) first = i;
    }
    if (first < 0) return;
    yield heads[first]!;
    heads[first] = next(iterators[first]!);
  }
}

function next(iterator: Iterator<Publication>): Publication | undefined {
  const { done, value } = iterator.next();
  return done ? undefined : value;
}
