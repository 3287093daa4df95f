/**
 * How far transfers are, for programs.
 *
 * @module
 */

import type { ProgressView } from "./progress_views.ts";
import { isComplete, movedBytes, type TransferState } from "./transfer_state.ts";

/** How often is told how far a transfer is, in milliseconds: as often as anybody looks at a figure. */
const EVENT_MS = 1_000;

/** What was told last of a transfer. */
interface Told extends TransferState {
  /** When, in milliseconds. */
  readonly at: number;
}

/** Hears the fields of an event. */
export type OnEvent = (fields: Readonly<Record<string, unknown>>) => void;

/**
 * Tells how far each of several transfers is: when it begins, once a second while anything of it
 * changes, and when all is there. Times are milliseconds of any steady clock.
 */
export class ProgressEvents implements ProgressView {
  readonly #tell: OnEvent;
  readonly #told = new Map<string, Told>();
  /** What has changed since, of transfers of which it is too soon to tell it. */
  readonly #untold = new Map<string, TransferState>();

  constructor(tell: OnEvent) {
    this.#tell = tell;
  }

  /** Takes in how far the transfer called `name` is. */
  update(name: string, state: TransferState, now: number): void {
    this.#untold.set(name, state);
    this.#tellIfDue(name, state, now);
  }

  /** What was told last is the last word: the result follows. */
  [Symbol.dispose](): void {}

  /** Tells what it was too soon for. */
  tick(now: number): void {
    for (const [name, state] of this.#untold) this.#tellIfDue(name, state, now);
  }

  #tellIfDue(name: string, state: TransferState, now: number): void {
    const before = this.#told.get(name);
    if (before && !isDue(before, state, now)) return;
    this.#untold.delete(name);
    this.#told.set(name, { ...state, at: now });
    const { phase, bytes, total, sources, queue, files } = state;
    const rate = rateSince(before, state, now);
    const place = queue && { user: queue.user, place: queue.place };
    this.#tell({ name, phase, bytes, total, rate, sources, ...place, files });
  }
}

function isDue(before: Told, state: TransferState, now: number): boolean {
  return now - before.at >= EVENT_MS || isComplete(state) && !isComplete(before);
}

/** Bytes per second; of what begins anew none. */
function rateSince(before: Told | undefined, state: TransferState, now: number): number {
  if (!before || now <= before.at) return 0;
  const moved = Math.max(0, movedBytes(state) - movedBytes(before));
  return Math.round(moved / (now - before.at) * 1_000);
}
