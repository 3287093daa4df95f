/**
 * Noticing that a server has fallen silent, before a request to it is given up.
 *
 * @module
 */

import { AwakeTimer } from "../../async/awake.ts";

/** Watches until it is disposed of, or the server was silent for too long. Sleep is no silence. */
export class Suspicion implements Disposable {
  readonly #timer: AwakeTimer;

  /**
   * @param ms How long the server may be silent, in milliseconds
   * @param heardAt When it was heard last, in milliseconds of the steady clock
   * @param onSilence Runs once
   */
  constructor(ms: number, heardAt: () => number, onSilence: () => void) {
    const beganAt = performance.now();
    const look = () => {
      const silentMs = performance.now() - Math.max(beganAt, heardAt());
      if (silentMs >= ms) onSilence();
      else this.#timer.restart(ms - silentMs);
    };
    this.#timer = new AwakeTimer(ms, look);
  }

  [Symbol.dispose](): void {
    this.#timer[Symbol.dispose]();
  }
}
