/**
 * Detects stalls of this program, in which the socket may have dropped datagrams.
 *
 * @module
 */

/** How often a timer shows that this program runs. */
const TICK_MS = 20;

/** So long after the tick before, no tick comes late for anything that this program does. */
const STALL_MS = 45;

/** A stall of this length is told whatever comes after it: half of what a heartbeat may be late. */
const LONG_STALL_MS = 500;

/** A pause between two datagrams that is longer than anything this program does at a time. */
const PAUSE_MS = 10;

/** As many datagrams after a pause have waited in the system's queue, which holds some 270 on Linux. */
const MANY = 128;

/** How quickly they are then taken, even by a machine that is slow. */
const TAKEN_WITHIN_MS = 50;

/** Time in which this program did not run, in milliseconds of a steady clock. */
export interface Standstill {
  readonly since: number;
  readonly until: number;
}

/**
 * Notices that this program was stopped or delayed by the system, so that its socket's queue may have
 * been full and datagrams lost. The sign is a pause in which no timer ran, after which many datagrams
 * come at once. The socket itself does not say so, and datagrams alone prove nothing: anybody can send
 * many after a pause.
 */
export class StallDetector {
  #tickedAt = Infinity;
  /** When this program last resumed after a stall. */
  #resumedAt = -Infinity;
  #last = Infinity;
  #pauseBegan = Infinity;
  #pauseEnded = Infinity;
  #taken = Infinity;
  #standstill: Standstill | undefined;

  /** Records that the periodic timer ran at `now`, in milliseconds of a steady clock. */
  ticked(now: number): void {
    this.#takeLong(now);
    if (now - this.#tickedAt > STALL_MS) this.#resumedAt = now;
    this.#tickedAt = now;
  }

  /**
   * The long stall that has ended at `now` or before, told once: what came meanwhile has waited here,
   * so whoever sent it was not silent. Asked before {@linkcode received}.
   */
  standstill(now: number): Standstill | undefined {
    this.#takeLong(now);
    const told = this.#standstill;
    this.#standstill = undefined;
    return told;
  }

  /**
   * Records that a datagram was received at `now`.
   *
   * @returns When the pause began, once for each that may have cost datagrams
   */
  received(now: number): number | undefined {
    if (now - this.#last > PAUSE_MS) {
      this.#pauseBegan = this.#last;
      this.#pauseEnded = now;
      this.#taken = this.#hasStalled(now) ? 0 : Infinity;
    }
    this.#last = now;
    const isMany = ++this.#taken === MANY && now - this.#pauseEnded <= TAKEN_WITHIN_MS;
    return isMany ? this.#pauseBegan : undefined;
  }

  /** Whichever runs first after a stall, a timer or a datagram, shows when it ended. */
  #takeLong(now: number): void {
    if (now - Math.max(this.#tickedAt, this.#resumedAt) <= LONG_STALL_MS) return;
    this.#standstill = { since: this.#tickedAt, until: now };
    this.#resumedAt = now;
  }

  /** Whether this program has just resumed, with the timer or with a datagram first. */
  #hasStalled(now: number): boolean {
    const isLate = now - this.#tickedAt > STALL_MS;
    return isLate || this.#resumedAt > this.#last && now - this.#resumedAt <= TAKEN_WITHIN_MS;
  }
}

/** Runs the timer of `detector` until the result is disposed of. */
export function keepTicking(detector: StallDetector): Disposable {
  const timer = setInterval(() => detector.ticked(performance.now()), TICK_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
