/**
 * Making one segment of several parts, little by little.
 *
 * @module
 */

import type { Lookup } from "./publication.ts";
import type { Part } from "./part.ts";
import { Rows } from "./rows.ts";
import { Segment } from "./segment.ts";
import {
  LETTERS_A_NAME,
  LETTERS_A_SLICE,
  NAMES_A_SLICE,
  ROWS_A_SLICE,
  type Slices,
} from "./slices.ts";
import { SORTED_A_SLICE } from "./sort_in_slices.ts";
import type { PublisherTable } from "./publisher_table.ts";

/** How often all letters are gone through: twice, to read the grams of names. */
const LETTER_PASSES = 2;
/** The same for rows: twice for each of their two orders. */
const ROW_PASSES = 4;
/** The same for sorting the few that have ids which begin alike. */
const SORT_PASSES = 1;
/** A part joins one that is younger if it is at most so many times as large. */
const FACTOR = 4;

/** How many of `parts`, the youngest of which are last, are worth being merged with the last one. */
export function countWorthMerging(parts: readonly Part[]): number {
  let count = 1;
  let size = parts.at(-1)!.size;
  for (; count < parts.length; count++) {
    const next = parts.at(-1 - count)!.size;
    if (next > FACTOR * size) break;
    size += next;
  }
  return count;
}

/** A merge under way. Its parts can still be read, and lose publications. */
export class Compaction {
  readonly parts: readonly Part[];
  readonly #work: Slices<Segment>;
  readonly #slicesAStep: number;
  readonly #removed: (readonly [publisher: number, name: string])[] = [];

  /** Merges `parts`, the oldest of which is first, in about as many steps as `limit`. */
  constructor(parts: readonly Part[], publishers: PublisherTable, limit: number) {
    this.parts = parts;
    const length = sumOf(parts, "length");
    const letters = sumOf(parts, "letters") + LETTERS_A_NAME * length;
    const names = length / NAMES_A_SLICE + LETTER_PASSES * letters / LETTERS_A_SLICE;
    const size = sumOf(parts, "size");
    const rows = ROW_PASSES * size / ROWS_A_SLICE + SORT_PASSES * size / SORTED_A_SLICE;
    this.#slicesAStep = Math.ceil((names + rows) / limit);
    this.#work = this.#merge(publishers, limit);
  }

  /** Notes what was removed from `part`, which may be one of those that are merged. */
  noteRemoval(part: Lookup, publisher: number, name: string): void {
    if (this.parts.some((merged) => merged === part)) this.#removed.push([publisher, name]);
  }

  /** Goes on with the work. Returns what it makes when it is done. */
  step(): Segment | undefined {
    for (let i = 0; i < this.#slicesAStep; i++) {
      const { done, value } = this.#work.next();
      if (done) return value;
    }
  }

  *#merge(publishers: PublisherTable, limit: number): Slices<Segment> {
    const rows = new Rows(publishers, sumOf(this.parts, "size"), sumOf(this.parts, "length"));
    yield* merge(this.parts, rows);
    const segment = yield* Segment.of(rows, limit);
    while (this.#removed.length > 0) {
      for (const [publisher, name] of this.#removed.splice(-NAMES_A_SLICE)) {
        segment.remove(publisher, name);
      }
      yield;
    }
    return segment;
  }
}

function* merge(parts: readonly Part[], rows: Rows): Slices {
  const heads = parts.map((part) => ({ part, place: 0, name: nameAt(part, 0) }));
  for (let merged = 1;; merged++) {
    const name = heads.reduce(least, undefined);
    if (name === undefined) return;
    for (const head of heads) {
      if (head.name !== name) continue;
      head.part.copyTo(rows, head.place++);
      head.name = nameAt(head.part, head.place);
    }
    if (merged % NAMES_A_SLICE === 0) yield;
  }
}

function nameAt(part: Part, place: number): string | undefined {
  return place < part.length ? part.nameAt(place) : undefined;
}

function least(a: string | undefined, { name: b }: { name: string | undefined }) {
  if (a === undefined || b === undefined) return a ?? b;
  return b < a ? b : a;
}

function sumOf(parts: readonly Part[], what: "size" | "length" | "letters"): number {
  return parts.reduce((sum, part) => sum + part[what], 0);
}
