/**
 * How often a file is hashed again because a downloader says that a piece of it is bad. Pure: time
 * comes in as an argument, in milliseconds of a steady clock.
 *
 * @module
 */

import { HASH_AGAIN_MS } from "../../protocol/download_limits.ts";

/** Lets each file be hashed again once in {@linkcode HASH_AGAIN_MS}. */
export class RehashLimit {
  readonly #hashedAt = new Map<string, number>();

  /** Whether the file `id` may be hashed again. If so, it counts as hashed at `now`. */
  take(id: string, now: number): boolean {
    for (const [known, at] of this.#hashedAt) {
      if (now - at >= HASH_AGAIN_MS) this.#hashedAt.delete(known);
    }
    if (this.#hashedAt.has(id)) return false;
    this.#hashedAt.set(id, now);
    return true;
  }
}
