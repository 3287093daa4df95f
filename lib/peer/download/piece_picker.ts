/**
 * Which piece to ask of which source next. Pure.
 *
 * @module
 */

/** The pieces of one file: had, under way, or missing. */
export class PiecePicker {
  readonly #missing: number[];
  readonly #underWay = new Map<number, string[]>();
  #left: number;
  #end = Infinity;

  /** @param had For each piece, whether it need not be asked for. */
  constructor(had: readonly boolean[]) {
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
    const askers = this.#underWay.get(piece) ?? [];
    this.#underWay.set(piece, [...askers, source]);
    return piece;
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

  /** Takes in that `source` will not bring `piece`. */
  release(piece: number, source: string): void {
    const askers = this.#underWay.get(piece);
    if (!askers?.includes(source)) return;
    askers.splice(askers.indexOf(source), 1);
    if (askers.length > 0) return;
    this.#underWay.delete(piece);
    this.#missing.splice(this.#missing.findLastIndex((other) => other > piece) + 1, 0, piece);
  }

  #next(): number | undefined {
    return (this.#missing.at(-1) ?? Infinity) < this.#end ? this.#missing.pop() : undefined;
  }

  /**
   * Each piece is raced by one other source at most, and those asked for first come first. A race
   * takes bandwidth of its source, so it must not slow down what only that source is sending.
   */
  #slowest(source: string): number | undefined {
    if (this.#underWay.values().some((askers) => askers.includes(source))) return undefined;
    for (const [piece, askers] of this.#underWay) {
      if (askers.length === 1 && askers[0] !== source) return piece;
    }
    return undefined;
  }
}
