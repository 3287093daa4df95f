/**
 * Columns of numbers that grow without being copied.
 *
 * @module
 */

const CHUNK_BITS = 16;
const CHUNK = 1 << CHUNK_BITS;

/** Stands for no number at all. */
export const NOTHING = 0xffff_ffff;

/** Unsigned 32-bit numbers by their place, which may only be read after it was written. */
export class Column {
  readonly #chunks: Uint32Array[] = [];

  /** The number at `place`. */
  get(place: number): number {
    return this.#chunks[place >>> CHUNK_BITS]![place & (CHUNK - 1)]!;
  }

  /** Writes `value` at `place`. */
  set(place: number, value: number): void {
    const chunk = place >>> CHUNK_BITS;
    while (this.#chunks.length <= chunk) this.#chunks.push(new Uint32Array(CHUNK));
    this.#chunks[chunk]![place & (CHUNK - 1)] = value;
  }
}

/** Hands out places of columns, those given back first. */
export class Places {
  readonly #next = new Column();
  #free = NOTHING;
  #end = 0;

  /** One more than the highest place that was ever taken. */
  get end(): number {
    return this.#end;
  }

  /** A place that nobody has. */
  take(): number {
    if (this.#free === NOTHING) return this.#end++;
    const place = this.#free;
    this.#free = this.#next.get(place);
    return place;
  }

  /** Gives `place` back. */
  give(place: number): void {
    this.#next.set(place, this.#free);
    this.#free = place;
  }
}
