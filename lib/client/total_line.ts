/**
 * How several transfers are shown together. Pure.
 *
 * @module
 */

import { detailsOf, fitLine } from "./transfer_line.ts";
import type { TransferState } from "./transfer_state.ts";

/** A transfer of several. */
export interface PartOfTotal {
  readonly state: TransferState | undefined;
  /** Bytes per second, if it is known. */
  readonly rate: number | undefined;
}

/** A line of less than `columns` about all of `parts`, free of control characters. */
export function totalLine(parts: readonly PartOfTotal[], columns: number): string {
  const states = parts.flatMap(({ state }) => state ?? []);
  const sum = (numbers: readonly number[]) => numbers.reduce((sum, it) => sum + it, 0);
  const totals = states.flatMap(({ total }) => total ?? []);
  const rates = parts.flatMap(({ rate }) => rate ?? []);
  const total = {
    phase: phaseOf(states),
    bytes: sum(states.map(({ bytes }) => bytes)),
    total: totals.length === states.length ? sum(totals) : undefined,
  };
  const rate = rates.length > 0 ? sum(rates) : undefined;
  return fitLine(`${parts.length} transfers`, detailsOf(total, rate), columns);
}

/** What all do, or that something comes. */
function phaseOf(states: readonly TransferState[]): TransferState["phase"] {
  const phases = [...new Set(states.map(({ phase }) => phase))];
  return phases.length === 1 ? phases[0]! : "downloading";
}
