/**
 * Which piece to ask of which source next. Pure.
 *
 * @module
 */

import { lowerBound } from "../../collections/lower_bound.ts";

/** The pieces of one file: had, under way, or missing. */
export class PiecePicker {
  readonly #missing: number[];
  readonly #underWay = new Map<number, string[]>();
  readonly #start: number;
  #left: number;
  #end = Infinity;

  /**
   * @param had For each piece, whether it need not be asked for
   * @param start The piece from which on they have their turn, the others after the last one: many
   * who begin at the same time, each from a place of its own, have something for each other
   */
  constructor(had: readonly boolean[], start = 0) {
    this.#start = start;
    this.#missing = had.flatMap((isHad, i) => isHad ? [] : [i]).reverse();
    this.#left = this.#missing.length;
  }

  /** How many pieces are not there yet. */
  get left(): number {
    return this.#left;
  }

  /** How many pieces are worth asking for now: those below the end that are not there yet. */
  get wanted(): number {
    if (this.#end === Infinity) return this.#left;
    return this.#underWay.size + this.#missing.length - this.#missing.findLastIndex((piece) => {
      return piece >= this.#end;
    }) - 1;
  }

  /** Sets the first piece that is not to be asked for yet; those before have their turn in order. */
  set end(piece: number) {
    this.#end = piece;
  }

  /**
   * The next piece to ask of `source`. When none is missing that nobody was asked for, it is the one
   * that another source has been busy with for longest, so that the slowest does not hold up the
   * end; `undefined` if there is none, or if `source` is still busy with others.
   */
  take(source: string): number | undefined {
    const piece = this.#next() ?? this.#slowest(source);
    if (piece === undefined) return undefined;
    this.#add(piece, source);
    return piece;
  }

  /** The pieces to ask for now that nobody was asked for. */
  get free(): readonly number[] {
    if (this.#end === Infinity) return this.#missing;
    return this.#missing.slice(this.#missing.findLastIndex((piece) => piece >= this.#end) + 1);
  }

  /** Takes in that `source` was asked for `piece`, or chose it, if it is not there yet. */
  claim(piece: number, source: string): void {
    const at = this.#placeOf(piece);
    const isFree = this.#missing[at] === piece;
    if (isFree) this.#missing.splice(at, 1);
    if (isFree || this.#underWay.has(piece)) this.#add(piece, source);
  }

  /** The piece that another source than `source`, which has it, has been busy with for longest. */
  raced(source: string, has: (piece: number) => boolean): number | undefined {
    return this.free.length > 0 ? undefined : this.#slowest(source, has);
  }

  /**
   * A piece to ask of `source` while it still sends another. The last `spare` that nobody was asked
   * for are left to connections that have nothing to do.
   */
  takeAhead(source: string, spare: number): number | undefined {
    return this.wanted - this.#underWay.size > spare ? this.take(source) : undefined;
  }

  /** Takes in that `piece` has come. Returns whether it was needed: not if another was quicker. */
  finish(piece: number): boolean {
    if (!this.#underWay.delete(piece)) return false;
    this.#left--;
    return true;
  }

  /** Takes in that `piece`, which had come, is lost. */
  lose(piece: number): void {
    this.#missing.splice(this.#placeOf(piece), 0, piece);
    this.#left++;
  }

  /** Takes in that `source` will not bring `piece`. */
  release(piece: number, source: string): void {
    const askers = this.#underWay.get(piece);
    if (!askers?.includes(source)) return;
    askers.splice(askers.indexOf(source), 1);
    if (askers.length > 0) return;
    this.#underWay.delete(piece);
    this.#missing.splice(this.#placeOf(piece), 0, piece);
  }

  #add(piece: number, source: string): void {
    this.#underWay.set(piece, [...this.#underWay.get(piece) ?? [], source]);
  }

  /** Where a piece is among those that nobody was asked for, or belongs: the last ones come first. */
  #placeOf(piece: number): number {
    return lowerBound(this.#missing.length, (place) => this.#missing[place]! > piece);
  }

  #next(): number | undefined {
    const later = lowerBound(this.#missing.length, (at) => this.#missing[at]! >= this.#start);
    const piece = this.#missing.at(later - 1);
    if (piece === undefined || piece >= this.#end) return undefined;
    this.#missing.splice(this.#placeOf(piece), 1);
    return piece;
  }

  /**
   * Each piece is raced by one other source at most, and those asked for first come first. A race
   * takes bandwidth of its source, so it must not slow down what only that source is sending.
   */
  #slowest(source: string, has = (_piece: number) => true): number | undefined {
    if (this.#underWay.values().some((askers) => askers.includes(source))) return undefined;
    for (const [piece, askers] of this.#underWay) {
      if (askers.length === 1 && askers[0] !== source && has(piece)) return piece;
    }
    return undefined;
  }
}
