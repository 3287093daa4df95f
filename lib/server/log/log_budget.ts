/**
 * How much the server's log says.
 *
 * @module
 */

import type { EventCause } from "../../index/service/service_event.ts";
import { TokenBucket } from "../../async/token_bucket.ts";
import type { Address } from "../../protocol/address.ts";

/**
 * Who causes a line: somebody with a session, anybody who sends something, the server itself, or whoever
 * changes its users.
 */
export type LineCause = EventCause | "server" | "operator";

/**
 * Lines in a second, and at once. Strangers can send what they like: a line tells of them, not one for
 * each datagram. Of sessions there is all that ten thousand users cause of whom each asks for something
 * every other second, and of changes of users each, also when a whole school is invited at once.
 */
const LINES: Readonly<Record<LineCause, { perSecond: number; burst: number }>> = {
  session: { perSecond: 10_000, burst: 20_000 },
  stranger: { perSecond: 10, burst: 100 },
  server: { perSecond: 10, burst: 100 },
  operator: { perSecond: 1_000, burst: 100_000 },
};

/** Lines that were left out. */
export interface LeftOut {
  readonly cause: LineCause;
  readonly lines: number;
  /** Where the last one was from. */
  readonly from: Address;
}

/** Lets through so many lines of each cause that none of them drowns the others, and counts the rest. */
export class LogBudget {
  readonly #buckets = new Map<LineCause, TokenBucket>();
  readonly #leftOut = new Map<LineCause, LeftOut>();

  /** Whether a line may be written at `time`, in milliseconds of any clock. */
  take(cause: LineCause, time: number): boolean {
    const bucket = this.#buckets.get(cause);
    if (bucket) return bucket.take(time);
    this.#buckets.set(cause, new TokenBucket(LINES[cause], time));
    return this.take(cause, time);
  }

  /** Counts a line that was left out, or several. */
  leaveOut(cause: LineCause, from: Address, lines = 1): void {
    const earlier = this.#leftOut.get(cause)?.lines ?? 0;
    this.#leftOut.set(cause, { cause, from, lines: earlier + lines });
  }

  /** What was left out since this was asked last. */
  takeLeftOut(): readonly LeftOut[] {
    const all = [...this.#leftOut.values()];
    this.#leftOut.clear();
    return all;
  }
}
