/**
 * Datagrams that nobody took in time.
 *
 * @module
 */

/** How often a timer shows that this program runs. */
const TICK_MS = 20;

/** So long after the tick before, no tick comes late for anything that this program does. */
const STILL_MS = 45;

/** A pause between two datagrams that is longer than anything this program does at a time. */
const PAUSE_MS = 10;

/** As many datagrams after a pause have waited in the system's queue, which holds some 270 on Linux. */
const MANY = 128;

/** How quickly they are then taken, even by a machine that is slow. */
const TAKEN_WITHIN_MS = 50;

/**
 * Notices that the system held up this program, from when on its socket's queue may have been full and
 * datagrams lost: a pause in which no timer ran, and that many datagrams follow at once. The socket
 * itself does not say so, and datagrams alone prove nothing: anybody can send many after a pause.
 */
export class StallDetector {
  #tickedAt = Infinity;
  /** When this program last went on after it had stood still. */
  #wentOn = -Infinity;
  #last = Infinity;
  #pauseBegan = Infinity;
  #pauseEnded = Infinity;
  #taken = Infinity;

  /** Hears at `now`, in milliseconds of a steady clock, that a timer ran which is due all the time. */
  ticked(now: number): void {
    if (now - this.#tickedAt > STILL_MS) this.#wentOn = now;
    this.#tickedAt = now;
  }

  /**
   * Hears that a datagram was taken at `now`.
   *
   * @returns When the pause began, once for each that may have cost datagrams
   */
  took(now: number): number | undefined {
    if (now - this.#last > PAUSE_MS) {
      this.#pauseBegan = this.#last;
      this.#pauseEnded = now;
      this.#taken = this.#hasStoodStill(now) ? 0 : Infinity;
    }
    this.#last = now;
    const isMany = ++this.#taken === MANY && now - this.#pauseEnded <= TAKEN_WITHIN_MS;
    return isMany ? this.#pauseBegan : undefined;
  }

  /** Whether this program has only just gone on, with the timer or with a datagram first. */
  #hasStoodStill(now: number): boolean {
    const isLate = now - this.#tickedAt > STILL_MS;
    return isLate || this.#wentOn > this.#last && now - this.#wentOn <= TAKEN_WITHIN_MS;
  }
}

/** Lets `backlog` hear a timer until what is returned is disposed of. */
export function keepTicking(backlog: StallDetector): Disposable {
  const timer = setInterval(() => backlog.ticked(performance.now()), TICK_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
