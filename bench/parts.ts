/**
 * The parts of the benchmark.
 *
 * @module
 */

import { measureCatalogue } from "./catalogue_lines.ts";
import { measureFairness } from "./fairness/fairness.ts";
import { measureGrowth } from "./growth/growth.ts";
import { measureCommits } from "./journal/commits.ts";
import { measureStart } from "./journal/start.ts";
import { measureRequests } from "./requests/requests.ts";
import { measureSessions } from "./sessions/sessions.ts";
import { joinResults, type Result } from "./table.ts";
import { measureTransfers } from "./transfers/transfers.ts";

/** What a part is given. */
export interface PartOptions {
  /** Where it may make files. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Whether a result is wanted soon, however rough: to see that all works. */
  readonly isQuick: boolean;
  /** Where the chart of growth goes. */
  readonly svg: string | undefined;
}

/** Measures one part. */
export type Part = (options: PartOptions) => Promise<Result>;

const SIZES = [1_000, 10_000, 100_000, 1_000_000];
const QUICK_SIZES = [1_000, 10_000, 30_000];

/** All of them, in the order in which they run. */
export const PARTS: Readonly<Record<string, Part>> = {
  requests: ({ folder, signal, isQuick }) => {
    const rounds = isQuick ? { rounds: 1, warmUps: 0 } : { rounds: 9, warmUps: 2 };
    return measureRequests(folder, signal, rounds);
  },
  transfers: ({ folder, signal }) => measureTransfers(folder, signal),
  journal: async ({ folder, signal }) => {
    return joinResults([await measureCommits(folder), await measureStart(folder, signal)]);
  },
  catalogue: ({ signal, isQuick }) => measureCatalogue(isQuick ? QUICK_SIZES : SIZES, signal),
  sessions: ({ folder, signal, isQuick }) => {
    return measureSessions(folder, signal, { searchMs: isQuick ? 3_000 : 20_000 });
  },
  fairness: ({ folder, signal }) => measureFairness(folder, signal),
  growth: ({ signal, isQuick, svg }) => {
    const options = isQuick ? { sizes: QUICK_SIZES, rounds: 1 } : { sizes: SIZES, rounds: 5 };
    return measureGrowth(signal, { ...options, svg });
  },
};
