/**
 * Lists of rising places in two bytes for each: the lower half of a place. Places with the same upper
 * half are a run of their list, which tells that half once.
 *
 * @module
 */

import { type Ascending, END, gallop } from "./ascending.ts";
import type { Slices } from "./slices.ts";

const LOW_BITS = 16;
/** Places that have the same upper half. */
const PLACES_A_RUN = 1 << LOW_BITS;
const LOW_MASK = PLACES_A_RUN - 1;

/** The runs of all lists, one list after the other. */
interface Runs {
  /** The first run of each list, and one more: the number of runs. */
  readonly ofLists: Uint32Array;
  /** The upper half of the places of each run. */
  readonly highs: Uint16Array;
  /** Where each run begins in `lows`, and one more: the end. */
  readonly starts: Uint32Array;
  readonly lows: Uint16Array;
}

/** Lists by their number. */
export class PlaceLists {
  readonly #runs: Runs;

  constructor(runs: Runs) {
    this.#runs = runs;
  }

  /** The list with `number`, to be gone through once. */
  of(number: number): PlaceList {
    return new PlaceList(this.#runs, number);
  }

  /** How many places the lists from `first` to `last` have, one that is in several of them each time. */
  count(first: number, last: number): number {
    const { ofLists, starts } = this.#runs;
    return starts[ofLists[last + 1]!]! - starts[ofLists[first]!]!;
  }

  /** Those places: rising in each list, but not from one to the next. */
  placesIn(first: number, last: number): Uint32Array {
    const { ofLists, highs, starts, lows } = this.#runs;
    const [from, to] = [ofLists[first]!, ofLists[last + 1]!];
    const places = new Uint32Array(lows.subarray(starts[from]!, starts[to]!));
    for (let run = from, at = 0; run < to; run++) {
      const [high, size] = [highs[run]! * PLACES_A_RUN, starts[run + 1]! - starts[run]!];
      for (const end = at + size; at < end; at++) places[at]! += high;
    }
    return places;
  }
}

/** The places of one list. */
export class PlaceList implements Ascending {
  readonly #runs: Runs;
  readonly #end: number;
  #run: number;
  #at: number;

  constructor(runs: Runs, number: number) {
    this.#runs = runs;
    this.#run = runs.ofLists[number]!;
    this.#end = runs.ofLists[number + 1]!;
    this.#at = runs.starts[this.#run]!;
  }

  seek(from: number): number {
    const { highs, starts, lows } = this.#runs;
    const high = from >>> LOW_BITS;
    while (this.#run < this.#end && highs[this.#run]! < high) this.#at = starts[++this.#run]!;
    if (this.#run < this.#end && highs[this.#run] === high) {
      const end = starts[this.#run + 1]!;
      this.#at = gallop(lows, this.#at, end, from & LOW_MASK);
      if (this.#at === end) this.#run++;
    }
    return this.#run < this.#end ? highs[this.#run]! * PLACES_A_RUN + lows[this.#at]! : END;
  }
}

/**
 * Makes lists: all is counted first, then the counting is ended, and then all is added. Both times the
 * places come in rising order; a list that is named twice for one place has it once.
 */
export class PlaceListsBuilder {
  /** One more than the last place of each list, 0 if there is none yet. */
  readonly #last: Uint32Array;
  /** While counting, how many runs and places each list has, one further; then the next ones. */
  readonly #nextRun: Uint32Array;
  readonly #next: Uint32Array;
  #runs: Runs | undefined;

  /** Makes as many as `count` lists. */
  constructor(count: number) {
    this.#last = new Uint32Array(count);
    this.#nextRun = new Uint32Array(count + 1);
    this.#next = new Uint32Array(count + 1);
  }

  /** Counts `place` in the first `length` of `lists`. */
  count(lists: Uint32Array, length: number, place: number): void {
    const [last, runs, sizes] = [this.#last, this.#nextRun, this.#next];
    for (let i = 0; i < length; i++) {
      const list = lists[i]!;
      const before = last[list]!;
      if (before === place + 1) continue;
      last[list] = place + 1;
      sizes[list + 1]! += 1;
      if (isNewRun(before, place)) runs[list + 1]! += 1;
    }
  }

  /** Makes room for what was counted. */
  *endCounting(): Slices {
    addUp(this.#nextRun);
    yield;
    addUp(this.#next);
    yield;
    this.#last.fill(0);
    const runs = this.#nextRun.at(-1)!;
    const places = this.#next.at(-1)!;
    const starts = new Uint32Array(runs + 1);
    starts[runs] = places;
    const ofLists = this.#nextRun.slice();
    this.#runs = { ofLists, highs: new Uint16Array(runs), starts, lows: new Uint16Array(places) };
    yield;
  }

  /** Adds `place` to the first `length` of `lists`. */
  add(lists: Uint32Array, length: number, place: number): void {
    const [last, next, { lows }] = [this.#last, this.#next, this.#runs!];
    for (let i = 0; i < length; i++) {
      const list = lists[i]!;
      const before = last[list]!;
      if (before === place + 1) continue;
      last[list] = place + 1;
      if (isNewRun(before, place)) this.#beginRun(list, place);
      lows[next[list]!++] = place; // Of which 16 bits are kept.
    }
  }

  /** The lists, when all is added. */
  build(): PlaceLists {
    return new PlaceLists(this.#runs!);
  }

  #beginRun(list: number, place: number): void {
    const run = this.#nextRun[list]!++;
    this.#runs!.highs[run] = place >>> LOW_BITS;
    this.#runs!.starts[run] = this.#next[list]!;
  }
}

/** Whether `place` is the first of a run; `before` is one more than the last place, or 0. */
function isNewRun(before: number, place: number): boolean {
  return before === 0 || (before - 1) >>> LOW_BITS !== place >>> LOW_BITS;
}

/** Makes each number the sum of it and of all before. */
function addUp(numbers: Uint32Array): void {
  for (let i = 1; i < numbers.length; i++) numbers[i]! += numbers[i - 1]!;
}
