/**
 * Who has a content: publications in the order of their ids, publishers and sizes, so that however much of
 * it one user publishes from one share is passed over in a few steps.
 *
 * @module
 */

import { type ContentQuery, ID_DIGITS } from "../../protocol/content.ts";
import { lowerBound } from "../../collections/lower_bound.ts";
import type { Publication } from "./publication.ts";
import type { Window } from "./window.ts";

/**
 * Sizes that are looked at of one publisher and id: whoever tells more lies, as a root stands for one file
 * and at most for the hashes below it.
 */
const SIZES_PER_USER = 2;

/** Publications whose id is known. Those with one id and publisher are a group. */
export abstract class ByContent {
  /** The places of those whose id is neither before `low` nor after `high`. */
  protected abstract range(low: string, high: string): readonly [from: number, to: number];
  protected abstract isSameId(place: number, other: number): boolean;
  protected abstract publisherAt(place: number): number;
  protected abstract sizeAt(place: number): number;
  protected abstract publicationAt(place: number): Publication;

  /**
   * Adds to `found` who has what is meant by `content`: for each publisher and content one publication.
   * The window counts publishers, once for each id. It turns from one to the next if there is one id, so that
   * nobody's place depends on how much others publish.
   */
  holdersOf({ id, size }: ContentQuery, window: Window, found: Publication[]): void {
    const [from, to] = this.range(id.padEnd(ID_DIGITS, "0"), id.padEnd(ID_DIGITS, "f"));
    if (from === to) return;
    const start = this.#startIn(from, to, window.turn);
    const left = this.#walk(start, to, size, window.most, found);
    if (this.#walk(from, start, size, left, found) === 0) window.isCut = true;
  }

  #startIn(from: number, to: number, turn: number): number {
    if (!this.isSameId(from, to - 1)) {
      return this.#startOfGroup(from, from + Math.floor(turn * (to - from)));
    }
    const [first, last] = [this.publisherAt(from), this.publisherAt(to - 1)];
    const publisher = first + Math.floor(turn * (last - first + 1));
    return from + lowerBound(to - from, (i) => this.publisherAt(from + i) < publisher);
  }

  /** Looks at `most` groups, and returns how many more it might have looked at. */
  #walk(
    from: number,
    to: number,
    size: number | undefined,
    most: number,
    found: Publication[],
  ): number {
    let left = most;
    for (let at = from; at < to && left > 0; left--) {
      const end = this.#endOfGroup(at, to);
      if (size !== undefined) this.#takeSize(at, end, size, found);
      else if (end === at + 1) found.push(this.publicationAt(at));
      else this.#takeSizes(at, end, found);
      at = end;
    }
    return left;
  }

  /** Where the group of `place` begins, at `from` or later: a start within it would show it twice. */
  #startOfGroup(from: number, place: number): number {
    return from + lowerBound(place - from, (i) => !this.#isSameGroup(from + i, place));
  }

  /** The end of the group that begins at `at`, in steps that double. */
  #endOfGroup(at: number, to: number): number {
    let step = 1;
    while (at + step < to && this.#isSameGroup(at, at + step)) step *= 2;
    const end = Math.min(to, at + step);
    if (step === 1) return end;
    const known = at + (step >> 1) + 1;
    return known + lowerBound(end - known, (i) => this.#isSameGroup(at, known + i));
  }

  #isSameGroup(place: number, other: number): boolean {
    return this.publisherAt(place) === this.publisherAt(other) && this.isSameId(place, other);
  }

  #takeSize(from: number, to: number, size: number, found: Publication[]): void {
    const isOne = to === from + 1;
    const at = isOne ? from : from + lowerBound(to - from, (i) => this.sizeAt(from + i) < size);
    if (at < to && this.sizeAt(at) === size) found.push(this.publicationAt(at));
  }

  #takeSizes(from: number, to: number, found: Publication[]): void {
    let at = from;
    for (let taken = 0; taken < SIZES_PER_USER && at < to; taken++) {
      found.push(this.publicationAt(at));
      const [begin, size] = [at, this.sizeAt(at)];
      at = begin + lowerBound(to - begin, (i) => this.sizeAt(begin + i) <= size);
    }
  }
}
