/**
 * Time in which this program ran. A machine that sleeps, or a program that is stopped, hears nobody,
 * and so must not take others for silent. It shows by a clock that ran on: what was due meanwhile
 * comes much later than it should.
 *
 * @module
 */

/** A wait is divided into so many parts, and whichever of them ends late shows a sleep. */
const PARTS = 8;

/** How late is a sleep, as a share of the whole wait: a shorter one makes little difference. */
const LATE = 1 / 4;

/** And in milliseconds: a machine that has too much to do is later than it should be all the time. */
const LATE_MS = 1_000;

/** A timer that counts no sleep: a wait that the program slept through begins anew. */
export class AwakeTimer implements Disposable {
  readonly #onDue: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #partMs = 0;
  #parts = 0;
  #isDisposed = false;

  /**
   * @param ms How long to wait, in milliseconds; `Infinity` for ever
   * @param onDue Runs once, unless the timer is disposed of before
   */
  constructor(ms: number, onDue: () => void) {
    this.#onDue = onDue;
    this.restart(ms);
  }

  /** Begins a wait of `ms` milliseconds in place of the one that is under way, unless disposed of. */
  restart(ms: number): void {
    if (this.#isDisposed) return;
    clearTimeout(this.#timer);
    this.#partMs = ms / PARTS;
    this.#parts = PARTS;
    if (ms < Infinity) this.#waitForPart();
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
  }

  #waitForPart(): void {
    const due = Date.now() + this.#partMs;
    this.#timer = setTimeout(() => {
      const hasSlept = Date.now() - due > Math.max(this.#partMs * PARTS * LATE, LATE_MS);
      this.#parts = hasSlept ? PARTS : this.#parts - 1;
      if (this.#parts > 0) this.#waitForPart();
      else this.#onDue();
    }, this.#partMs);
  }
}

/** A stopwatch that counts no sleep. */
export class AwakeStopwatch {
  readonly #mostMs: number;
  #last = Date.now();

  /** @param mostMs Longest time between two laps while the program runs, in milliseconds */
  constructor(mostMs: number) {
    this.#mostMs = mostMs;
  }

  /** How many milliseconds have passed since the last lap; none, if there was a sleep. */
  lap(): { readonly ms: number; readonly hasSlept: boolean } {
    const now = Date.now();
    const ms = now - this.#last;
    this.#last = now;
    const hasSlept = ms > this.#mostMs;
    // A clock that was set back tells nothing.
    return { ms: hasSlept || ms < 0 ? 0 : ms, hasSlept };
  }
}
