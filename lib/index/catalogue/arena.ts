/**
 * Many small pieces of memory in few large buffers, which the garbage collector need not look at.
 *
 * @module
 */

const UNIT = 16;
const CHUNK_UNITS = 1 << 16;

/** Sizes of pieces in bytes: each at most half as large again as the one before. */
const SIZES: readonly number[] = sizesUpTo(8_192);

/** The index in {@linkcode SIZES} of the smallest size with room for as many units. */
const CLASS_OF_UNITS = Uint8Array.from(
  { length: 8_192 / UNIT + 1 },
  (_, units) => SIZES.findIndex((size) => size >= units * UNIT),
);

/** How many bytes a piece really has that was asked for with `bytes`. */
export function roomFor(bytes: number): number {
  return SIZES[classOf(bytes)]!;
}

/** Where in its chunk the piece at `address` begins, in bytes. */
export function startOf(address: number): number {
  return (address & (CHUNK_UNITS - 1)) * UNIT;
}

/** Pieces of up to 8192 bytes. A piece lies within one chunk and never moves; 0 is no address. */
export class Arena {
  readonly #bytes: Uint8Array[] = [];
  readonly #shorts: Uint16Array[] = [];
  readonly #words: Uint32Array[] = [];
  readonly #free = new Uint32Array(SIZES.length);
  #end = 1;

  /** The address of a piece with room for `bytes`; what is in it is left from before. */
  take(bytes: number): number {
    const size = classOf(bytes);
    const address = this.#free[size]!;
    if (address === 0) return this.#grow(SIZES[size]! / UNIT);
    this.#free[size] = this.wordsAt(address)[startOf(address) / 4]!;
    return address;
  }

  /** Gives back the piece at `address`, which was asked for with `bytes` or as good as that. */
  give(address: number, bytes: number): void {
    const size = classOf(bytes);
    this.wordsAt(address)[startOf(address) / 4] = this.#free[size]!;
    this.#free[size] = address;
  }

  /** The chunk that holds the piece at `address`, in bytes. */
  bytesAt(address: number): Uint8Array {
    return this.#bytes[Math.trunc(address / CHUNK_UNITS)]!;
  }

  /** The same in numbers of 16 bits. */
  shortsAt(address: number): Uint16Array {
    return this.#shorts[Math.trunc(address / CHUNK_UNITS)]!;
  }

  /** The same in numbers of 32 bits. */
  wordsAt(address: number): Uint32Array {
    return this.#words[Math.trunc(address / CHUNK_UNITS)]!;
  }

  #grow(units: number): number {
    const left = CHUNK_UNITS - this.#end % CHUNK_UNITS;
    if (units > left) this.#end += left;
    const address = this.#end;
    this.#end += units;
    if (address / CHUNK_UNITS >= this.#bytes.length) this.#addChunk();
    return address;
  }

  #addChunk(): void {
    const buffer = new ArrayBuffer(CHUNK_UNITS * UNIT);
    this.#bytes.push(new Uint8Array(buffer));
    this.#shorts.push(new Uint16Array(buffer));
    this.#words.push(new Uint32Array(buffer));
  }
}

function classOf(bytes: number): number {
  return CLASS_OF_UNITS[(bytes + UNIT - 1) >>> 4]!;
}

function sizesUpTo(most: number): number[] {
  const sizes = [UNIT];
  for (let size = 2 * UNIT; size <= most; size *= 2) sizes.push(size, size * 1.5);
  return sizes.filter((size) => size <= most);
}
