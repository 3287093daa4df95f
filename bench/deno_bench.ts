/**
 * Files of `Deno.bench`, each run in a process of its own, and what they tell as rows.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { compare, type Row } from "./table.ts";

/** What `deno bench --json` tells of one benchmark, as far as it is needed. Times in nanoseconds. */
interface Bench {
  readonly group: string;
  readonly name: string;
  readonly baseline: boolean;
  readonly results: readonly { readonly ok: Readonly<Record<Field, number>> }[];
}

/** Three quarters or 99 % of the turns take no longer. */
export type Field = "p75" | "p99";

/** The benchmarks of one file, in one round. */
export type Benches = readonly Bench[];

/** Runs the benchmarks in `script`, a path from this folder. */
export async function runBench(
  script: string,
  args: readonly (string | number)[],
  signal: AbortSignal,
): Promise<Benches> {
  const path = fromFileUrl(new URL(script, import.meta.url));
  const command = new Deno.Command(Deno.execPath(), {
    args: ["bench", "--quiet", "--no-check", "-A", "--json", path, "--", ...args.map(String)],
    signal,
    stderr: "inherit",
  });
  const { stdout, success } = await command.output();
  if (!success) throw new Error(`${script} failed with ${args.join(" ")}`);
  return JSON.parse(new TextDecoder().decode(stdout)).benches;
}

/** The names in `group`. */
export function namesIn([first]: readonly Benches[], group: string): string[] {
  return first!.filter((bench) => bench.group === group).map(({ name }) => name);
}

/** Microseconds of one benchmark in each of `rounds`. */
export function microsOf(rounds: readonly Benches[], group: string, name: string, field: Field) {
  return rounds.map((benches) => {
    const bench = benches.find((bench) => bench.group === group && bench.name === name);
    return bench!.results[0]!.ok[field] / 1_000;
  });
}

/** A row for each group with a baseline: its other benchmark against that. */
export function rowsOfGroups(
  rounds: readonly Benches[],
  titleOf: (group: string) => string,
  { field = "p75", unit = "µs" }: { readonly field?: Field; readonly unit?: "µs" | "ms" } = {},
): Row[] {
  const perMicro = unit === "ms" ? 1 / 1_000 : 1;
  return rounds[0]!.filter(({ baseline }) => baseline).map(({ group, name: bare }) => {
    const ours = namesIn(rounds, group).find((name) => name !== bare)!;
    const [our, its] = [ours, bare].map((name) => {
      return microsOf(rounds, group, name, field).map((micros) => micros * perMicro);
    });
    return compare(`${titleOf(group)}, ${unit}`, our!, its!, { lessIsBetter: true });
  });
}
