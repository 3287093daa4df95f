/**
 * A list of names that grows without being copied: that would take many milliseconds.
 *
 * @module
 */

const CHUNK_BITS = 12;
const CHUNK = 1 << CHUNK_BITS;

/** Names by their place. */
export class Names {
  readonly #chunks: string[][] = [];
  #length = 0;
  #letters = 0;

  /** How many names there are. */
  get length(): number {
    return this.#length;
  }

  /** How many letters all names have. */
  get letters(): number {
    return this.#letters;
  }

  /** The last name, if there is one. */
  get last(): string | undefined {
    return this.#length === 0 ? undefined : this.at(this.#length - 1);
  }

  /** The name at `place`, which is below the length. */
  at(place: number): string {
    return this.#chunks[place >>> CHUNK_BITS]![place & CHUNK - 1]!;
  }

  /** Adds `name` to the end. */
  push(name: string): void {
    if (this.#length % CHUNK === 0) this.#chunks.push([]);
    this.#chunks.at(-1)!.push(name);
    this.#length++;
    this.#letters += name.length;
  }
}
