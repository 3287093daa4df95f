/**
 * How long something takes, each time.
 *
 * @module
 */

import { quantile } from "../rounds.ts";

/** Milliseconds. */
export interface Times {
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
}

/** The times of `run` with each of `inputs`; a tenth of them first, to get warm. */
export function timesOf<T>(inputs: readonly T[], run: (input: T, i: number) => unknown): Times {
  for (const [i, input] of inputs.slice(0, inputs.length / 10).entries()) run(input, i);
  return summarize(inputs.map((input, i) => timeOf(() => run(input, i))));
}

/** Of `times` those that are worth telling. */
export function summarize(times: readonly number[]): Times {
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99), most: quantile(times, 1) };
}

/** How long `run` takes, in milliseconds. */
export function timeOf(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}
