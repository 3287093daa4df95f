/**
 * Many publications in little memory, from when they are read until a catalogue takes them in.
 *
 * @module
 */

import { decodePublication, type KeptPublication, nameStartsAt } from "./publication_value.ts";

/** Bytes of a block. What is longer gets one of its own. */
const BLOCK_BYTES = 1_048_576;
/** Before each publication there is its length, u32 big-endian. */
const LENGTH_BYTES = 4;

/** Bytes that are read as numbers as well. */
interface Block {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/** Holds publications as bytes, which is a tenth of what they take as objects. */
export class PackedPublications {
  readonly #blocks: Block[] = [];
  /** How much of the last block is used. */
  #used = BLOCK_BYTES;
  /** Where each begins: the number of its block times {@linkcode BLOCK_BYTES}, and where in it. */
  #places: number[] = [];

  /** Takes in a publication as `encodePublication` writes it. */
  add(publication: Uint8Array): void {
    const length = LENGTH_BYTES + publication.length;
    if (this.#used + length > BLOCK_BYTES) this.#addBlock(length);
    const { bytes, view } = this.#blocks.at(-1)!;
    view.setUint32(this.#used, publication.length);
    bytes.set(publication, this.#used + LENGTH_BYTES);
    this.#places.push((this.#blocks.length - 1) * BLOCK_BYTES + this.#used);
    this.#used += length;
  }

  /** Forgets those that `isKept` is false for. */
  retain(isKept: (publication: KeptPublication) => boolean): void {
    this.#places = this.#places.filter((place) => isKept(this.#at(place)));
  }

  /** All of them by their names; of those with the same name the one that came first is first. */
  *byName(): Generator<KeptPublication> {
    for (const place of this.#places.sort((a, b) => this.#compare(a, b))) yield this.#at(place);
  }

  #addBlock(least: number): void {
    const bytes = new Uint8Array(Math.max(BLOCK_BYTES, least));
    this.#blocks.push({ bytes, view: new DataView(bytes.buffer) });
    this.#used = 0;
  }

  #at(place: number): KeptPublication {
    const { bytes, view } = this.#blockOf(place);
    const from = place % BLOCK_BYTES + LENGTH_BYTES;
    return decodePublication(bytes.subarray(from, from + view.getUint32(from - LENGTH_BYTES)))!;
  }

  /** Compares names where they are: to make a view of each would take most of the time. */
  #compare(a: number, b: number): number {
    const [{ bytes, view }, other] = [this.#blockOf(a), this.#blockOf(b)];
    const from = a % BLOCK_BYTES + LENGTH_BYTES;
    const otherFrom = b % BLOCK_BYTES + LENGTH_BYTES;
    const to = from + view.getUint32(from - LENGTH_BYTES);
    const otherTo = otherFrom + other.view.getUint32(otherFrom - LENGTH_BYTES);
    let [i, j] = [nameStartsAt(bytes, from), nameStartsAt(other.bytes, otherFrom)];
    while (i < to && j < otherTo && bytes[i] === other.bytes[j]) (i++, j++);
    return (i < to ? bytes[i]! : -1) - (j < otherTo ? other.bytes[j]! : -1);
  }

  #blockOf(place: number): Block {
    return this.#blocks[Math.floor(place / BLOCK_BYTES)]!;
  }
}
