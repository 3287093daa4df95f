/**
 * Which pieces were given to whom, so that each is given once before any is given twice: those who
 * have it pass it on. Pure: times are milliseconds of a steady clock.
 *
 * What it remembers is bounded. A count takes two bytes, and there are {@linkcode COUNTED_PIECES} at
 * most; of more contents than that, those that were given least recently are forgotten, and count as
 * never given. Who got a piece is known of the last {@linkcode WITHHELD_PIECES}, and of each for the
 * last {@linkcode REMEMBERED_USERS}.
 *
 * @module
 */

import { type ContentKey, formatContent } from "../../protocol/content.ts";
import { pieceCount } from "../../protocol/merkle.ts";

/** How long a piece is not given to others: so long it takes until they hear who has it. */
export const WITHHELD_MS = 3_000;

/** At most so long, however slowly pieces are taken: one of those who got it may have left. */
export const WITHHELD_MOST_MS = 60_000;

/** Pieces whose gifts are counted: 4 TiB of contents in 8 MiB of memory. */
export const COUNTED_PIECES = 4_194_304;

/** Contents whose gifts are counted: of small ones, the names are larger than the counts. */
export const COUNTED_CONTENTS = 1_024;

/** Pieces that are withheld at once: more than can be sent in {@linkcode WITHHELD_MS}. */
export const WITHHELD_PIECES = 4_096;

/** Users of whom it is known that they had a piece: whoever gets it again withholds it from nobody. */
export const REMEMBERED_USERS = 8;

/** Sendings of which the median is what a piece takes: one slow downloader among them is no matter. */
const MEASURED_SENDINGS = 9;

/** Who got a piece, and since when it is withheld from others. */
interface Gift {
  /** The latest last. */
  readonly users: readonly string[];
  readonly at: number;
}

/** What one client has given of all that it serves. */
export class GivenPieces {
  readonly #counted: number;
  /** For each content, how often each piece was given. The latest content is last. */
  readonly #counts = new Map<string, Uint16Array>();
  /** By content and piece, the latest last. */
  readonly #gifts = new Map<string, Gift>();
  readonly #sendingMs: number[] = [];
  #pieces = 0;

  /** @param counted As {@linkcode COUNTED_PIECES} */
  constructor(counted: number = COUNTED_PIECES) {
    this.#counted = counted;
  }

  /** How often that of `pieces` was given that was given least. */
  timesGiven(content: ContentKey, pieces: readonly number[]): number {
    const counts = this.#counts.get(formatContent(content));
    return counts ? pieces.reduce((least, it) => Math.min(least, counts[it]!), Infinity) : 0;
  }

  /**
   * The one of `pieces` that `user` should get: of those that were given least, the first. None, if
   * all were just given to others, who will pass them on.
   */
  choose(
    content: ContentKey,
    pieces: readonly number[],
    user: string,
    now: number,
  ): number | undefined {
    const key = formatContent(content);
    const counts = this.#counts.get(key);
    const timesOf = (piece: number) => counts?.[piece] ?? 0;
    return pieces.filter((piece) => !this.#isWithheld(`${key} ${piece}`, user, now))
      .reduce<number | undefined>((best, piece) => {
        return best === undefined || timesOf(piece) < timesOf(best) ? piece : best;
      }, undefined);
  }

  /**
   * Takes in that `piece` is given to `user`. From now on it is withheld from others, unless it is
   * already, or the user has had it. Returns what to run if it does not arrive.
   */
  give(content: ContentKey, piece: number, user: string, now: number): () => void {
    const key = formatContent(content);
    const counts = this.#countsOf(key, pieceCount(content.size));
    counts[piece] = Math.min(counts[piece]! + 1, 0xffff);
    const takeBack = this.#withhold(`${key} ${piece}`, user, now);
    return () => {
      counts[piece]!--;
      takeBack();
    };
  }

  /** Takes in how long it took to send a piece, in milliseconds. */
  measure(ms: number): void {
    if (this.#sendingMs.push(ms) > MEASURED_SENDINGS) this.#sendingMs.shift();
  }

  #withhold(key: string, user: string, now: number): () => void {
    const before = this.#gifts.get(key);
    if (before?.users.includes(user)) return () => {};
    const users = [...before?.users ?? [], user].slice(-REMEMBERED_USERS);
    const isWithheld = before && now - before.at < this.#withheldMs;
    this.#setGift(key, { users, at: isWithheld ? before.at : now });
    return () => this.#setGift(key, before);
  }

  #setGift(key: string, gift: Gift | undefined): void {
    this.#gifts.delete(key);
    if (gift) this.#gifts.set(key, gift);
    const [oldest] = this.#gifts.keys();
    if (this.#gifts.size > WITHHELD_PIECES) this.#gifts.delete(oldest!);
  }

  #isWithheld(key: string, user: string, now: number): boolean {
    const gift = this.#gifts.get(key);
    return gift !== undefined && !gift.users.includes(user) && now - gift.at < this.#withheldMs;
  }

  /** Twice what a piece takes: it is sent, and then the others hear of it. */
  get #withheldMs(): number {
    const sorted = this.#sendingMs.toSorted((a, b) => a - b);
    const median = sorted[sorted.length >> 1] ?? 0;
    return Math.min(Math.max(WITHHELD_MS, 2 * median), WITHHELD_MOST_MS);
  }

  #countsOf(key: string, length: number): Uint16Array {
    const counts = this.#counts.get(key) ?? new Uint16Array(length);
    if (!this.#counts.delete(key)) this.#pieces += length;
    this.#counts.set(key, counts);
    this.#forgetContents();
    return counts;
  }

  /** The content that is given at this moment stays, whatever its size. */
  #forgetContents(): void {
    for (const [key, { length }] of this.#counts) {
      const isTooMuch = this.#pieces > this.#counted || this.#counts.size > COUNTED_CONTENTS;
      if (!isTooMuch || this.#counts.size === 1) return;
      this.#counts.delete(key);
      this.#pieces -= length;
    }
  }
}
