/**
 * Numbers in an order that somebody else knows.
 *
 * @module
 */

import { firstNot } from "../first_not.ts";
import { Places } from "./column.ts";

/** Most entries of a block: small enough to search and to split at once. */
export const BLOCK = 128;

/** Entries that stand next to each other. */
export interface Block {
  /** Its number, which another block may have when this one is gone. */
  readonly number: number;
  readonly entries: Uint32Array;
  length: number;
}

/** Where in {@linkcode SortedBlocks} an entry is, or would be. */
export interface Position {
  readonly block: number;
  readonly at: number;
}

/** Whether an entry stands before the place that is sought. */
export type IsBefore = (entry: number) => boolean;

/** Says what an entry becomes that comes to stand in another block. */
export type Move = (entry: number, block: Block) => number;

/**
 * A sorted list in blocks: the two lower levels of a B+-tree, over a root that a million entries do
 * not make too wide.
 */
export class SortedBlocks {
  readonly #blocks: Block[] = [];
  /** Of the former the numbers, side by side so that most blocks can be passed over unseen. */
  readonly #order: number[] = [];
  readonly #numbers = new Places();
  readonly #move: Move;

  constructor(move: Move = (entry) => entry) {
    this.#move = move;
    this.#addBlock(0);
  }

  /** The blocks in their order. */
  get blocks(): readonly Block[] {
    return this.#blocks;
  }

  /** The numbers of the blocks in their order. */
  get order(): readonly number[] {
    return this.#order;
  }

  /** The first place that `isBefore` does not stand before. */
  seek(isBefore: IsBefore): Position {
    const next = firstNot(this.#blocks.length, (i) => {
      const { entries, length } = this.#blocks[i]!;
      return length > 0 && isBefore(entries[0]!);
    });
    const block = Math.max(0, next - 1);
    const { entries, length } = this.#blocks[block]!;
    return { block, at: firstNot(length, (i) => isBefore(entries[i]!)) };
  }

  /** The entry at `position`, if there is one. */
  at({ block, at }: Position): number | undefined {
    const { entries, length } = this.#blocks[block]!;
    return at < length ? entries[at]! : this.#blocks[block + 1]?.entries[0];
  }

  /** The entries from the first that `isBefore` does not stand before. */
  *from(isBefore: IsBefore): Generator<number> {
    const start = this.seek(isBefore);
    for (let block = start.block; block < this.#blocks.length; block++) {
      const { entries, length } = this.#blocks[block]!;
      for (let i = block === start.block ? start.at : 0; i < length; i++) yield entries[i]!;
    }
  }

  /** Puts an entry where {@linkcode seek} found its place to be, what it is depends on its block. */
  insert({ block, at }: Position, entryIn: (block: Block) => number): void {
    const { length } = this.#blocks[block]!;
    if (length === BLOCK) this.#split(block);
    const isInNew = length === BLOCK && at > BLOCK / 2;
    const target = this.#blocks[isInNew ? block + 1 : block]!;
    const place = isInNew ? at - BLOCK / 2 : at;
    const entry = entryIn(target);
    target.entries.copyWithin(place + 1, place, target.length++);
    target.entries[place] = entry;
  }

  /** Takes out the entry whose place {@linkcode seek} found. */
  remove({ block, at }: Position): void {
    const isInNext = at === this.#blocks[block]!.length;
    const target = this.#blocks[isInNext ? block + 1 : block]!;
    const place = isInNext ? 0 : at;
    target.entries.copyWithin(place, place + 1, target.length--);
    if (target.length < BLOCK / 4) this.#merge(isInNext ? block + 1 : block);
  }

  #addBlock(at: number): Block {
    const number = this.#numbers.take();
    const block = { number, entries: new Uint32Array(BLOCK), length: 0 };
    this.#blocks.splice(at, 0, block);
    this.#order.splice(at, 0, number);
    return block;
  }

  #split(at: number): void {
    const full = this.#blocks[at]!;
    const upper = this.#addBlock(at + 1);
    full.length = BLOCK / 2;
    this.#append(upper, full.entries.subarray(BLOCK / 2));
  }

  /** Joins a block that is nearly empty with the next one, if both leave room for more. */
  #merge(at: number): void {
    const [block, next] = [this.#blocks[at]!, this.#blocks[at + 1]];
    if (block.length === 0 && this.#blocks.length > 1) return this.#drop(at);
    if (!next || block.length + next.length > BLOCK / 2) return;
    this.#append(block, next.entries.subarray(0, next.length));
    this.#drop(at + 1);
  }

  #drop(at: number): void {
    const [block] = this.#blocks.splice(at, 1);
    this.#order.splice(at, 1);
    this.#numbers.give(block!.number);
  }

  #append(block: Block, entries: Uint32Array): void {
    for (const entry of entries) {
      const moved = this.#move(entry, block);
      block.entries[block.length++] = moved;
    }
  }
}
