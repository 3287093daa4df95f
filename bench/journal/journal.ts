/**
 * The index's journal against SQLite alone: what `journal_bench.ts` measures.
 *
 * @module
 */

import { type Benches, rowsOfGroups, runBench } from "../deno_bench.ts";
import { alternate } from "../rounds.ts";
import type { PartOptions, Result } from "../table.ts";

const FULL = { publications: 1_000_000, rounds: 3, warmUps: 0 };
const QUICK = { publications: 50_000, rounds: 1, warmUps: 0 };

/** Measures publications and starts. */
export async function measureJournal({ folder, signal, isQuick }: PartOptions): Promise<Result> {
  const { publications, ...rounds } = isQuick ? QUICK : FULL;
  const run = async () => {
    const own = await Deno.makeTempDir({ dir: folder });
    return await runBench("journal_bench.ts", [own, publications], signal);
  };
  const { benches } = await alternate({ benches: run }, rounds);
  const isStart = (benches: Benches) => benches.filter(({ group }) => group === "start");
  const isCommit = (benches: Benches) => benches.filter(({ group }) => group !== "start");
  const commits = benches.map(isCommit);
  const title = (end: string) => (group: string) => `${group}, until acknowledged, ${end}`;
  const start = `start with ${publications.toLocaleString("en")} publications`;
  return {
    rows: [
      ...rowsOfGroups(commits, title("75 %"), { unit: "ms" }),
      ...rowsOfGroups(commits, title("99 %"), { unit: "ms", field: "p99" }),
      ...rowsOfGroups(benches.map(isStart), () => start, { unit: "ms" }),
    ],
    notes: [`journal: ${rounds.rounds} rounds of Deno.bench`],
  };
}
