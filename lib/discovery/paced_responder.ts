/**
 * How often the same records may be multicast: RFC 6762 section 6.
 *
 * @module
 */

/** Least time between two times, in milliseconds. */
const APART_MS = 1_000;

/** The same for an answer to a probe, whose sender would else take the name after 750 ms. */
const APART_FOR_PROBE_MS = 250;

/** Says the records of one network when they are asked for, as soon and as often as is allowed. */
export class PacedResponder implements Disposable {
  readonly #say: () => void;
  #saidAt = -Infinity;
  #dueAt = Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(say: () => void) {
    this.#say = say;
  }

  /** Answers a question. All who ask while an answer is due get that one, as everybody hears it. */
  answer(isProbe: boolean): void {
    const dueAt = this.#saidAt + (isProbe ? APART_FOR_PROBE_MS : APART_MS);
    const now = performance.now();
    if (dueAt <= now) return this.#sayNow();
    if (dueAt >= this.#dueAt) return;
    clearTimeout(this.#timer);
    this.#dueAt = dueAt;
    this.#timer = setTimeout(() => this.#sayNow(), Math.ceil(dueAt - now));
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #sayNow(): void {
    clearTimeout(this.#timer);
    this.#dueAt = Infinity;
    this.#saidAt = performance.now();
    this.#say();
  }
}
