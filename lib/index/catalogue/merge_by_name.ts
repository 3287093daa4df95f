/**
 * Several sorted lists as one.
 *
 * @module
 */

import type { Publication } from "./publication.ts";

/** What is left of a list, of which the first one is out already. */
interface Head {
  first: Publication;
  readonly rest: Iterator<Publication>;
}

/** All of `lists`, each of which is in the order of names and shares, in that order. */
export function* mergeByName(lists: readonly Iterable<Publication>[]): Generator<Publication> {
  const heads = lists.map(headOf).filter((head) => head !== undefined);
  while (heads.length > 1) {
    const least = leastOf(heads);
    yield heads[least]!.first;
    if (!advance(heads[least]!)) heads.splice(least, 1);
  }
  // Most users have one share, nothing of which has to be compared with anything.
  const [last] = heads;
  if (!last) return;
  do yield last.first; while (advance(last));
}

function headOf(list: Iterable<Publication>): Head | undefined {
  const rest = list[Symbol.iterator]();
  const { done, value } = rest.next();
  return done ? undefined : { first: value, rest };
}

/** Goes on to the next one. Returns whether there is one. */
function advance(head: Head): boolean {
  const { done, value } = head.rest.next();
  if (done) return false;
  head.first = value;
  return true;
}

function leastOf(heads: readonly Head[]): number {
  let least = 0;
  for (let i = 1; i < heads.length; i++) {
    if (isBefore(heads[i]!.first, heads[least]!.first)) least = i;
  }
  return least;
}

function isBefore(a: Publication, b: Publication): boolean {
  return a.name < b.name || a.name === b.name && a.share < b.share;
}
