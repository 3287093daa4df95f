/**
 * What time it is by the clock of the index, as far as its answers tell.
 *
 * @module
 */

/** When something was asked and answered, in milliseconds of this machine's steady clock. */
export interface RoundTrip {
  /** When it was first sent. */
  readonly sentAt: number;
  readonly heardAt: number;
}

/**
 * Estimates the clock of the index. It read what an answer says at some moment between the question
 * and the answer, so that every answer bounds how far it is ahead. The estimate is moved only as far
 * as the newest bounds demand: late answers do not blur it, and it follows an index whose machine
 * slept, so that its steady clock stood still, or whose clock runs at another speed.
 */
export class IndexClock {
  /** How far the index's clock is ahead of this one, in milliseconds. */
  #ahead = -Infinity;

  /** Takes in that the index's clock read `time`, in milliseconds, within the round trip. */
  hear(time: number, { sentAt, heardAt }: RoundTrip): void {
    this.#ahead = Math.min(Math.max(this.#ahead, time - heardAt), time - sentAt);
  }

  /** What it reads at `now` of this machine's; `-Infinity` if it has told nothing. */
  at(now: number): number {
    return now + this.#ahead;
  }
}
