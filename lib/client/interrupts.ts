/**
 * To whom a Ctrl-C goes.
 *
 * @module
 */

/** Ctrl-C, which somebody may handle for a while; else it stops the program. */
export class Interrupts {
  readonly #stop: () => void;
  #handler: (() => void) | undefined;

  /** @param stop Stops the program */
  constructor(stop: () => void) {
    this.#stop = stop;
  }

  /** Takes a Ctrl-C. */
  press(): void {
    if (this.#handler) this.#handler();
    else this.#stop();
  }

  /** Stops the program, whoever handles Ctrl-C. */
  stop(): void {
    this.#stop();
  }

  /** Hands every Ctrl-C to `handler`, until disposed of. */
  handle(handler: () => void): Disposable {
    this.#handler = handler;
    return { [Symbol.dispose]: () => this.#handler = undefined };
  }
}
