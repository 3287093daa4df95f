/**
 * A file that is being downloaded, as far as the test says.
 *
 * @module
 */

import type { ServedContent } from "../../lib/peer/share/served_content.ts";
import { type Hashed, pieceOf } from "./hashed.ts";

/** Has the pieces that the test puts into `had`. */
export class FakeUnfinishedFile implements ServedContent {
  readonly id: string;
  readonly size: number;
  readonly layer: Uint8Array;
  readonly had = new Set<number>();
  /** Pieces that turned out to be bad. */
  readonly lost: number[] = [];
  /** Pieces of which another content is on the disk. */
  readonly damaged = new Set<number>();
  /** Runs before each piece is read. */
  onRead: (piece: number) => void | Promise<void> = () => {};
  readonly #content: Uint8Array;

  constructor({ content, id, size, layer }: Hashed, had: readonly number[] = []) {
    this.#content = content;
    this.id = id;
    this.size = size;
    this.layer = layer;
    for (const piece of had) this.had.add(piece);
  }

  has(piece: number): boolean {
    return this.had.has(piece);
  }

  async read(piece: number): Promise<Uint8Array> {
    await this.onRead(piece);
    if (!this.had.has(piece)) throw new Error(`the piece ${piece} must not be read`);
    const bytes = pieceOf(this.#content, piece).slice();
    return this.damaged.has(piece) ? bytes.map((byte) => byte ^ 1) : bytes;
  }

  lose(piece: number): void {
    this.lost.push(piece);
    this.had.delete(piece);
  }
}
