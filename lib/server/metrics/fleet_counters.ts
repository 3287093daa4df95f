/**
 * How a server of a fleet fares with etcd, counted.
 *
 * @module
 */

import { Durations } from "./durations.ts";

/** The nodes of etcd, as they were found. */
export interface FoundNodes {
  readonly total: number;
  readonly reached: number;
  /** What they have raised an alarm for, if so. */
  readonly alarm?: string;
}

/** Counts what a server hears of its place in the fleet, and of what it is told from there. */
export class FleetCounters {
  /** Times that this server was cut off. */
  placesLost = 0;
  /** Times that it was told of nothing more, and times that it had to read everything again. */
  watchFaults = 0;
  reloads = 0;
  /** Values that do not open with the cluster key. */
  unreadable = 0;
  /** From when a change was kept to when it was told here. */
  readonly watchDelays = new Durations();
  /** How many nodes of etcd there are and were reached, once it is known. */
  nodes: FoundNodes | undefined;
  #cutOff: string | undefined;
  #isTold = true;

  /** Why this server has no place in the fleet, if so. */
  get cutOff(): string | undefined {
    return this.#cutOff;
  }

  /** Whether it is told of what others do: not while it is cut off, though the watch may not have broken off yet. */
  get isTold(): boolean {
    return this.#isTold && this.#cutOff === undefined;
  }

  /** Why it should not be sent clients, if so. */
  fault(): string | undefined {
    return this.#cutOff === undefined ? undefined : `cut off from the fleet: ${this.#cutOff}`;
  }

  /** Takes in that the place is lost. */
  hearLost(reason: string): void {
    this.placesLost++;
    this.#cutOff = reason;
  }

  /** Takes in that there is a new one. */
  hearTaken(): void {
    this.#cutOff = undefined;
  }

  /** Takes in that nothing is told any more. */
  hearWatchFault(): void {
    this.watchFaults++;
    this.#isTold = false;
  }

  /** Takes in that it is told again. */
  hearWatchRecovery(): void {
    this.#isTold = true;
  }
}
