/**
 * Which rows have which name.
 *
 * @module
 */

import { lowerBound } from "../../collections/lower_bound.ts";
import { Names } from "./names.ts";
import { resized } from "./resized.ts";

/** Of so many rows the place of the first one's name is noted: others are found from there. */
const ROWS_A_MARK = 16;

/** Names, each of which has some rows that follow each other, in the same order. */
export class NameRows {
  readonly names = new Names();
  /** The first row of each name, and one more: the number of rows. */
  #firstOf: Uint32Array;
  /** The place of the name of each row whose number is a multiple of {@linkcode ROWS_A_MARK}. */
  #marks: Uint32Array;

  /** Has room for as many `names` and `rows`. */
  constructor(names: number, rows: number) {
    this.#firstOf = new Uint32Array(names + 1);
    this.#marks = new Uint32Array(marksFor(rows));
  }

  /** Says that the next row, `row`, is one of `name`, which is not before the last name. */
  push(name: string, row: number): void {
    if (this.names.last !== name) this.#begin(name, row);
    const { length } = this.names;
    this.#firstOf[length] = row + 1;
    if (row % ROWS_A_MARK !== 0) return;
    const mark = row / ROWS_A_MARK;
    if (mark === this.#marks.length) this.#marks = resized(this.#marks, 2 * mark);
    this.#marks[mark] = length - 1;
  }

  /** Frees the capacity that is not used. */
  trim(): void {
    const { length } = this.names;
    this.#marks = resized(this.#marks, marksFor(this.#firstOf[length]!));
    this.#firstOf = resized(this.#firstOf, length + 1);
  }

  /** The first row of the name at `place`. */
  firstAt(place: number): number {
    return this.#firstOf[place]!;
  }

  /** The place of `name`, if it is there. */
  placeOf(name: string): number | undefined {
    const { names } = this;
    const place = lowerBound(names.length, (place) => names.at(place) < name);
    return place < names.length && names.at(place) === name ? place : undefined;
  }

  /** The place of the name of `row`. */
  placeOfRow(row: number): number {
    let place = this.#marks[Math.floor(row / ROWS_A_MARK)]!;
    while (this.#firstOf[place + 1]! <= row) place++;
    return place;
  }

  #begin(name: string, row: number): void {
    const place = this.names.length;
    this.names.push(name);
    if (place + 2 > this.#firstOf.length) this.#firstOf = resized(this.#firstOf, 2 * (place + 2));
    this.#firstOf[place] = row;
  }
}

function marksFor(rows: number): number {
  return Math.max(1, Math.ceil(rows / ROWS_A_MARK));
}
