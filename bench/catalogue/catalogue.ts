/**
 * Searches against a full-text index, and how the cost of a request grows with what the index knows:
 * what `catalogue_bench.ts` measures, for several numbers of names.
 *
 * @module
 */

import {
  type Benches,
  type Field,
  microsOf,
  namesIn,
  rowsOfGroups,
  runBench,
} from "../deno_bench.ts";
import { alternate, median } from "../rounds.ts";
import { compare, type PartOptions, type Result, type Row } from "../table.ts";

/** Numbers of names, the smallest first. */
const FULL = { sizes: [1_000, 10_000, 100_000, 1_000_000], rounds: 3, warmUps: 0 };
const QUICK = { sizes: [1_000, 10_000], rounds: 1, warmUps: 0 };
const LESS = { lessIsBetter: true };
/** The longest that one request may keep all others waiting, in milliseconds. */
const LONGEST_MS = 5;

/** Measures catalogues of all sizes, each in a process of its own. */
export async function measureCatalogue({ signal, isQuick }: PartOptions): Promise<Result> {
  const { sizes, ...rounds } = isQuick ? QUICK : FULL;
  const turns = sizes.map((size) => [size, () => runBench("catalogue_bench.ts", [size], signal)]);
  const of: Record<string, Benches[]> = await alternate(Object.fromEntries(turns), rounds);
  const [[, smallest], ...larger] = Object.entries(of).map(([size, benches]) => {
    return [`in ${Number(size).toLocaleString("en")} names`, benches] as const;
  }) as [[string, Benches[]], ...[string, Benches[]][]];
  return {
    rows: [
      ...larger.flatMap(([where, benches]) => searchRows(where, benches)),
      ...namesIn(smallest, "requests").flatMap((name) => {
        return larger.map(([where, benches]) => requestRow(name, where, benches, smallest));
      }),
      ...larger.map(([where, benches]) => longestRow(where, benches)),
    ],
    notes: [noteOn(larger, rounds.rounds)],
  };
}

function searchRows(where: string, benches: readonly Benches[]): Row[] {
  return rowsOfGroups(benches, (group) => `${group}, ${where}`);
}

function requestRow(name: string, where: string, ...sizes: Benches[][]): Row {
  const [ours, bare] = sizes.map((benches) => microsOf(benches, "requests", name, "p75"));
  return compare(`${name} ${where}, µs`, ours!, bare!, LESS);
}

/** The longest of all turns of the costliest requests, in each round. */
function longestRow(where: string, benches: readonly Benches[]): Row {
  const longest = benches.map((round) => {
    const names = namesIn([round], "costliest");
    return Math.max(...names.flatMap((name) => microsOf([round], "costliest", name, "max"))) /
      1_000;
  });
  const limit = longest.map(() => LONGEST_MS);
  return compare(`longest work on one request ${where}, ms`, longest, limit, { ...LESS, aim: 1 });
}

function noteOn(sizes: readonly (readonly [string, readonly Benches[]])[], rounds: number): string {
  const changes = sizes.map(([where, benches]) => {
    const [name] = namesIn(benches, "changes");
    const micros = (field: Field) => median(microsOf(benches, "changes", name!, field));
    return `${micros("p75").toFixed(0)} (${(micros("max") / 1_000).toFixed(1)} ms) ${where}`;
  });
  return `catalogue: ${rounds} rounds of Deno.bench; ten changes take, µs (the longest): ` +
    changes.join(", ");
}
