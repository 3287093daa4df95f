/**
 * Searches against a full-text index, and how the cost of a request grows with what the index knows:
 * what `catalogue_bench.ts` measures, for several numbers of names.
 *
 * @module
 */

import { type Benches, microsOf, namesIn, rowsOfGroups, runBench } from "../deno_bench.ts";
import { alternate } from "../rounds.ts";
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
      ...larger.flatMap(([where, benches]) =>
        rowsOfGroups(benches, (group) => `${group}, ${where}`)
      ),
      ...namesIn(smallest, "requests").flatMap((name) => {
        return larger.map(([where, benches]) => requestRow(name, where, benches, smallest));
      }),
      ...larger.map(([where, benches]) => longestRow(where, benches)),
    ],
    notes: [`catalogue: ${rounds.rounds} rounds of Deno.bench`],
  };
}

function requestRow(name: string, where: string, ...sizes: Benches[][]): Row {
  const [ours, bare] = sizes.map((benches) => microsOf(benches, "requests", name, "p75"));
  return compare(`${name} ${where}, µs`, ours!, bare!, LESS);
}

/** The kind of request that takes longest, in each round; a hundredth of its turns were stalls. */
function longestRow(where: string, benches: readonly Benches[]): Row {
  const kinds = namesIn(benches, "costliest").map((name) => {
    return microsOf(benches, "costliest", name, "p99").map((micros) => micros / 1_000);
  });
  const longest = benches.map((_, round) => Math.max(...kinds.map((times) => times[round]!)));
  const title = `longest work on one request ${where}, ms, 99 %`;
  return compare(title, longest, longest.map(() => LONGEST_MS), { ...LESS, aim: 1 });
}
