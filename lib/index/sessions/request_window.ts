/**
 * Which request numbers a session has used, and what was answered.
 *
 * @module
 */

import { REPLY_WINDOW } from "../../protocol/limits.ts";

/**
 * Remembers the replies to the newest {@linkcode REPLY_WINDOW} request numbers, so that each number
 * has one effect and a request sent again gets the same bytes.
 */
export class RequestWindow {
  readonly #replies = new Map<number, Uint8Array | undefined>();
  /** Number 0 was the welcome's. */
  #highest = 0;

  /** The reply to keep repeating for `number`, if it has been used and answered. */
  replyTo(number: number): Uint8Array | undefined {
    return this.#replies.get(number);
  }

  /** Forgets all replies, and no number. */
  dropReplies(): void {
    for (const number of this.#replies.keys()) this.#replies.set(number, undefined);
  }

  /** Whether `number` has not been used yet, nor fallen out of the window. */
  isFresh(number: number): boolean {
    return number > this.#highest - REPLY_WINDOW && !this.#replies.has(number);
  }

  /** Whether `number` is higher than all that were used. */
  isNewest(number: number): boolean {
    return number > this.#highest;
  }

  /** Marks `number` as used, and answered by `reply` or not yet. */
  keep(number: number, reply: Uint8Array | undefined): void {
    if (number <= this.#highest - REPLY_WINDOW) return; // It left the window unanswered.
    this.#replies.set(number, reply);
    if (number <= this.#highest) return;
    this.#highest = number;
    for (const used of this.#replies.keys()) {
      if (used <= number - REPLY_WINDOW) this.#replies.delete(used);
    }
  }
}
