/**
 * How long a lease lasts, as its holder can know it.
 *
 * The steady clock of a machine stands still while it sleeps, on Linux at least, and the wall clock may be set at
 * any time. A lease is over when either of them says so: one that was set ahead costs a lease that would have
 * lasted, which does less harm than one that is believed in when it has ended. Nothing tells of a sleep if the wall
 * clock is set back by as much, between two renewals.
 *
 * @module
 */

/** A moment by both clocks of this machine, in milliseconds. */
export interface Moment {
  /** As of `performance.now()`. */
  readonly steady: number;
  /** As of `Date.now()`. */
  readonly wall: number;
}

/** How much more the wall clock has to say for a sleep, in milliseconds: it is corrected by less. */
const SLEEP_MS = 1_000;

/** Now. @param steady What the steady clock has just said */
export function moment(steady: number = performance.now()): Moment {
  return { steady, wall: Date.now() };
}

/** How many milliseconds have passed from one moment to another at most. */
export function mostPassedMs(from: Moment, to: Moment): number {
  return Math.max(to.steady - from.steady, to.wall - from.wall);
}

/** Whether the machine has slept between two moments, or its wall clock was set ahead. */
export function hasSlept(from: Moment, to: Moment): boolean {
  return mostPassedMs(from, to) - (to.steady - from.steady) > SLEEP_MS;
}
