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

/**
 * A line of less than `columns` about all of `parts`, free of control characters. What is read from
 * the disk and what comes over the network have nothing in common: if there is both, it is the latter.
 *
 * @param limit The most that comes, in bytes per second
 */
export function totalLine(
  parts: readonly PartOfTotal[],
  columns: number,
  limit: number = Infinity,
): string {
  const isRead = ({ state }: PartOfTotal) => state?.phase === "hashing";
  const told = parts.every(isRead) ? parts : parts.filter((it) => !isRead(it));
  const states = told.flatMap(({ state }) => state ?? []);
  const totals = states.flatMap(({ total }) => total ?? []);
  const rates = told.flatMap(({ rate, state }) => isMoving(state) ? rate ?? [] : []);
  const rate = Math.min(sum(rates), parts.every(isRead) ? Infinity : limit);
  const total = {
    phase: phaseOf(states),
    bytes: sum(states.map(({ bytes }) => bytes)),
    total: totals.length === states.length ? sum(totals) : undefined,
  };
  const details = detailsOf(total, rates.length > 0 ? rate : undefined);
  return fitLine(`${parts.length} transfers`, details, columns);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((sum, it) => sum + it, 0);
}

function isMoving(state: TransferState | undefined): boolean {
  return state?.phase === "downloading" || state?.phase === "hashing";
}

/** What all do, or that something comes. */
function phaseOf(states: readonly TransferState[]): TransferState["phase"] {
  const phases = [...new Set(states.map(({ phase }) => phase))];
  return phases.length === 1 ? phases[0]! : "downloading";
}
