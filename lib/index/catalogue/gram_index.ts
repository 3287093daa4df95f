/**
 * Which names hold which three letters in a row: how a search finds what may match.
 *
 * @module
 */

import { type Ascending, Intersection, Range, Union } from "./ascending.ts";
import { GRAM_KEYS, GramReader, keysBeginning, keysWithin } from "./gram_keys.ts";
import type { Names } from "./names.ts";
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
  readonly #starts: Uint32Array;
  readonly #places: Uint32Array;

  private constructor(starts: Uint32Array, places: Uint32Array) {
    this.#starts = starts;
    this.#places = places;
  }

  /** The index of `names`. */
  static *of(names: Names): Slices<GramIndex> {
    const reader = new GramReader();
    const starts = new Uint32Array(GRAM_KEYS + 1);
    const seen = new Uint32Array(GRAM_KEYS);
    yield* forEach(names, (place) => count(reader, names, place, starts, seen));
    for (let key = 1; key <= GRAM_KEYS; key++) starts[key]! += starts[key - 1]!;
    const places = new Uint32Array(starts[GRAM_KEYS]!);
    yield;
    const next = starts.slice();
    yield* forEach(names, (place) => fill(reader, names, place, next, starts, places));
    return new GramIndex(starts, places);
  }

  /** The places of the names that may hold the words and ends, as sequences to be intersected. */
  candidates({ folded, ends }: Terms, budget: Budget): Ascending[] {
    const keys = folded.flatMap((word) => [...keysWithin(word, false)]);
    const lists = this.#rarest(this.#listsOf(keys, budget));
    const endings = ends.map((end) => this.#ending(end, budget));
    if (endings.length > 0) return [...lists, new Union(endings)];
    return lists.length > 0 ? lists : this.#gathered(folded, budget);
  }

  #ending(end: string, budget: Budget): Ascending {
    return new Intersection(this.#rarest(this.#listsOf(keysWithin(end, true), budget)), budget);
  }

  #listsOf(keys: Iterable<number>, budget: Budget): Range[] {
    const lists = Array.from(new Set(keys), (key) => this.#list(key, key));
    budget.left -= lists.length;
    return lists;
  }

  #list(first: number, last: number): Range {
    return new Range(this.#places, this.#starts[first]!, this.#starts[last + 1]!);
  }

  #rarest(lists: readonly Range[]): Range[] {
    return lists.toSorted((a, b) => a.size - b.size).slice(0, INTERSECTED);
  }

  /** The names that hold the rarest of short `words`, if they are few. */
  #gathered(words: readonly string[], budget: Budget): Ascending[] {
    const ranges = words.map((word) => keysBeginning(word)).map(({ first, last }) => {
      return { start: this.#starts[first]!, end: this.#starts[last + 1]! };
    });
    const [rarest] = ranges.sort((a, b) => a.end - a.start - (b.end - b.start));
    if (!rarest || rarest.end - rarest.start > GATHERED) return [];
    budget.left -= Math.ceil((rarest.end - rarest.start) / SORTED_A_STEP);
    return [new Range(this.#places.slice(rarest.start, rarest.end).sort())];
  }
}

/** Calls `read` for the place of each name, one after the other, with a rest after some letters. */
function* forEach(names: Names, read: (place: number) => void): Slices {
  let letters = 0;
  for (let place = 0; place < names.length; place++) {
    read(place);
    letters += LETTERS_A_NAME + names.at(place).length;
    if (letters < LETTERS_A_SLICE) continue;
    letters = 0;
    yield;
  }
}

/** Counts in `counts`, one place further, each gram of a name once. */
function count(
  reader: GramReader,
  names: Names,
  place: number,
  counts: Uint32Array,
  seen: Uint32Array,
): void {
  const length = reader.read(names.at(place));
  const { keys } = reader;
  for (let i = 0; i < length; i++) {
    const key = keys[i]!;
    if (seen[key] === place + 1) continue;
    seen[key] = place + 1;
    counts[key + 1]! += 1;
  }
}

/** Writes a name down in the lists of its grams, whose ends are in `next`. */
function fill(
  reader: GramReader,
  names: Names,
  place: number,
  next: Uint32Array,
  starts: Uint32Array,
  places: Uint32Array,
): void {
  const length = reader.read(names.at(place));
  const { keys } = reader;
  for (let i = 0; i < length; i++) {
    const key = keys[i]!;
    const end = next[key]!;
    if (end > starts[key]! && places[end - 1] === place) continue;
    places[end] = place;
    next[key] = end + 1;
  }
}
