/**
 * One clock for all processes of a test: steady, and the same whatever a clock of the system says later.
 *
 * @module
 */

/** Milliseconds. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
