/**
 * Whether bytes come over a connection. Pure: time comes in as an argument, in milliseconds of a
 * steady clock.
 *
 * @module
 */

import { SLOWEST_RATE } from "../../protocol/limits.ts";

/** How often it is looked how fast bytes come, in milliseconds. */
const MEASURE_MS = 1_000;

/** Watches one connection. */
export class MovementDetector {
  #measured: { readonly received: number; readonly at: number } | undefined;
  #isMoving = false;

  /** Whether bytes came at {@linkcode SLOWEST_RATE} or faster when it was looked last. */
  get isMoving(): boolean {
    return this.#isMoving;
  }

  /** Looks, if it is time: so many bytes have been `received` so far. */
  measure(received: number, now: number): void {
    const before = this.#measured ?? { received, at: now };
    const ms = now - before.at;
    if (this.#measured && ms < MEASURE_MS) return;
    this.#isMoving = ms > 0 && (received - before.received) / ms * 1_000 >= SLOWEST_RATE;
    this.#measured = { received, at: now };
  }
}
