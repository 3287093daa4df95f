/**
 * The index's journal against SQLite alone: what `journal_bench.ts` measures.
 *
 * @module
 */

import { rowsOfGroups, runBench } from "../deno_bench.ts";
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
  const rows = (["p75", "p99"] as const).flatMap((field) => {
    const title = (group: string) => `${group}, ${field === "p75" ? "75 %" : "99 %"}`;
    return rowsOfGroups(benches, title, { unit: "ms", field });
  });
  return { rows, notes: [`journal: ${rounds.rounds} rounds of Deno.bench`] };
}
