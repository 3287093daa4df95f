/**
 * Who was in trouble when: what a judge has to know.
 *
 * @module
 */

import type { Fault } from "./fault_plan.ts";

/** A fault that has begun. Times are milliseconds of `performance.now()`. */
export interface LoggedFault {
  readonly fault: Fault;
  readonly began: number;
  /** Infinity while it lasts. */
  ended: number;
}

/** All faults that have begun. */
export class FaultLog {
  readonly faults: LoggedFault[] = [];

  /** Notes that `fault` begins at `now`. */
  begin(fault: Fault, now: number): LoggedFault {
    const logged = { fault, began: now, ended: Infinity };
    this.faults.push(logged);
    return logged;
  }

  /** Whether one of `parties` was cut off at some time from `from` to `to`. */
  wasCutOff(parties: readonly number[], from: number, to: number): boolean {
    // Protocols get over lost packets.
    return this.between(parties, from, to).some(({ fault }) => fault.kind !== "loss");
  }

  /** When the last trouble of `parties` ended, by `now`; `now` while there is some. */
  lastTrouble(parties: readonly number[], now: number): number {
    const ends = this.#of(parties).filter(({ began }) => began <= now).map(({ ended }) => ended);
    return Math.min(now, Math.max(-Infinity, ...ends));
  }

  /** Whether one of `parties` is in trouble now. */
  isInTrouble(parties: readonly number[]): boolean {
    return this.#of(parties).some(({ ended }) => ended === Infinity);
  }

  /** The faults of `parties` that lasted at some time from `from` to `to`. */
  between(parties: readonly number[], from: number, to: number): LoggedFault[] {
    return this.#of(parties).filter(({ began, ended }) => began <= to && ended >= from);
  }

  #of(parties: readonly number[]): LoggedFault[] {
    return this.faults.filter(({ fault }) => parties.includes(fault.who));
  }
}
