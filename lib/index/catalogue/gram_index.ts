/**
 * Which names hold which three letters in a row: how a search finds what may match.
 *
 * @module
 */

import { type Ascending, Intersection, Range, Union } from "./ascending.ts";
import { GRAM_KEYS, GramReader, keysBeginning, keysWithin } from "./gram_keys.ts";
import type { Names } from "./names.ts";
import { type PlaceList, type PlaceLists, PlaceListsBuilder } from "./place_lists.ts";
import { LETTERS_A_NAME, LETTERS_A_SLICE, type Slices } from "./slices.ts";
import type { Budget } from "./budget.ts";
import type { Terms } from "./terms.ts";

/** Lists that are intersected: those of further grams would leave out few more names. */
const INTERSECTED = 3;
/** Up to so many names of a short word are sorted; of more, one comes soon enough anyway. */
const GATHERED = 8_192;
/** How many of them a step of a search sorts. */
const SORTED_A_STEP = 3;

/** The places of names by gram, rising in each list. */
export class GramIndex {
  readonly #lists: PlaceLists;

  private constructor(lists: PlaceLists) {
    this.#lists = lists;
  }

  /** The index of `names`. */
  static *of(names: Names): Slices<GramIndex> {
    const builder = new PlaceListsBuilder(GRAM_KEYS);
    yield* forEach(names, (keys, length, place) => builder.count(keys, length, place));
    yield* builder.endCounting();
    yield* forEach(names, (keys, length, place) => builder.add(keys, length, place));
    return new GramIndex(builder.build());
  }

  /** The places of the names that may hold the words and ends, as sequences to be intersected. */
  candidates({ folded, ends }: Terms, budget: Budget): Ascending[] {
    const keys = folded.flatMap((word) => [...keysWithin(word, false)]);
    const lists = this.#rarest(keys, budget);
    const endings = ends.map((end) => this.#ending(end, budget));
    if (endings.length > 0) return [...lists, new Union(endings)];
    return lists.length > 0 ? lists : this.#gathered(folded, budget);
  }

  #ending(end: string, budget: Budget): Ascending {
    return new Intersection(this.#rarest(keysWithin(end, true), budget), budget);
  }

  /** The shortest of the lists of `keys`. */
  #rarest(keys: Iterable<number>, budget: Budget): PlaceList[] {
    const counted = Array.from(new Set(keys), (key) => {
      return { key, count: this.#lists.count(key, key) };
    });
    budget.left -= counted.length;
    const rarest = counted.sort((a, b) => a.count - b.count).slice(0, INTERSECTED);
    return rarest.map(({ key }) => this.#lists.of(key));
  }

  /** The names that hold the rarest of short `words`, if they are few. */
  #gathered(words: readonly string[], budget: Budget): Ascending[] {
    const ranges = words.map((word) => {
      const { first, last } = keysBeginning(word);
      return { first, last, count: this.#lists.count(first, last) };
    });
    const [rarest] = ranges.sort((a, b) => a.count - b.count);
    if (!rarest || rarest.count > GATHERED) return [];
    budget.left -= Math.ceil(rarest.count / SORTED_A_STEP);
    return [new Range(this.#lists.placesIn(rarest.first, rarest.last).sort())];
  }
}

/** Calls `read` for the keys and the place of each name, one after the other, with rests. */
function* forEach(
  names: Names,
  read: (keys: Uint32Array, length: number, place: number) => void,
): Slices {
  const reader = new GramReader();
  let letters = 0;
  for (let place = 0; place < names.length; place++) {
    const length = reader.read(names.at(place));
    read(reader.keys, length, place);
    letters += LETTERS_A_NAME + length;
    if (letters < LETTERS_A_SLICE) continue;
    letters = 0;
    yield;
  }
}
