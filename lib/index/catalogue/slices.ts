/**
 * Long work in short pieces.
 *
 * @module
 */

/** Names that are gone through without a rest: each takes half a microsecond or a whole one. */
export const NAMES_A_SLICE = 64;
/** Letters that are read without a rest, of names whose beginnings count as some more. */
export const LETTERS_A_SLICE = 4_096;
export const LETTERS_A_NAME = 32;
/** The same for rows, of which each takes some nanoseconds. */
export const ROWS_A_SLICE = 1_024;

/** Work that rests after every piece; what it makes is returned at its end. */
export type Slices<T = void> = Generator<void, T>;

/** Calls `run` for parts of `length` places, one after the other. */
export function* inSlices(
  length: number,
  slice: number,
  run: (from: number, to: number) => void,
): Slices {
  for (let from = 0; from < length; from += slice) {
    run(from, Math.min(length, from + slice));
    yield;
  }
}

/** Does all of `work` at once. */
export function finish<T>(work: Slices<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
