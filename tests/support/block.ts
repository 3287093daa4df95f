/**
 * A program that stands still.
 *
 * @module
 */

/** Stops this program and all that it measures, as a machine that sleeps, for `ms` milliseconds. */
export function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
