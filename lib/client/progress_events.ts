/**
 * How far transfers are, for programs.
 *
 * @module
 */

/** How often is told how far a transfer is, in milliseconds: as often as anybody looks at a figure. */
const EVENT_MS = 1_000;

/** How far a transfer is. */
export interface TransferState {
  readonly bytes: number;
  /** Of how many, if that is known. */
  readonly total?: number | undefined;
  /** How many users send, where somebody does. */
  readonly sources?: number | undefined;
}

/** What was told last of a transfer. */
interface Told extends TransferState {
  /** When, in milliseconds. */
  readonly at: number;
}

/** Hears the fields of an event. */
export type OnEvent = (fields: Readonly<Record<string, unknown>>) => void;

/**
 * Tells how far each of several transfers is: when it begins, once a second while it moves, and when
 * all is there.
 */
export class ProgressEvents {
  readonly #tell: OnEvent;
  readonly #told = new Map<string, Told>();

  constructor(tell: OnEvent) {
    this.#tell = tell;
  }

  /**
   * Takes in how far the transfer called `name` is.
   *
   * @param now The time in milliseconds of any steady clock
   */
  update(name: string, state: TransferState, now: number): void {
    const before = this.#told.get(name);
    if (before && !isDue(before, state, now)) return;
    this.#told.set(name, { ...state, at: now });
    const { bytes, total, sources } = state;
    this.#tell({ name, bytes, total, rate: rateSince(before, bytes, now), sources });
  }
}

function isDue(before: Told, state: TransferState, now: number): boolean {
  return now - before.at >= EVENT_MS || isComplete(state) && !isComplete(before);
}

function isComplete({ bytes, total }: TransferState): boolean {
  return bytes === total;
}

/** Bytes per second; of what begins anew none. */
function rateSince(before: Told | undefined, bytes: number, now: number): number {
  if (!before || bytes <= before.bytes || now <= before.at) return 0;
  return Math.round((bytes - before.bytes) / (now - before.at) * 1_000);
}
