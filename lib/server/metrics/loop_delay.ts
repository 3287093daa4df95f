/**
 * How long this program's event loop was held up.
 *
 * @module
 */

/** How often it is looked, in milliseconds: a few microseconds of work a second. */
const TICK_MS = 20;

/** Runs a timer until it is disposed of, and measures how late it comes. */
export class LoopDelay implements Disposable {
  readonly #timer: ReturnType<typeof setInterval>;
  #due: number;
  #longest = 0;

  constructor() {
    this.#due = performance.now() + TICK_MS;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** The longest since {@linkcode takeLongest} was called, in milliseconds. */
  get longest(): number {
    return this.#longest;
  }

  /** The same, and begins anew. */
  takeLongest(): number {
    const longest = this.#longest;
    this.#longest = 0;
    return longest;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const now = performance.now();
    this.#longest = Math.max(this.#longest, now - this.#due);
    this.#due = now + TICK_MS;
  }
}
