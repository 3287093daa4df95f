/**
 * Searches against a full-text index, and how the cost of a request grows with what the index knows:
 * what `catalogue_bench.ts` measures, for several numbers of names.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { alternate, median } from "../rounds.ts";
import { compare, type PartOptions, type Result, type Row } from "../table.ts";
import { chart } from "./chart.ts";

/** What `deno bench --json` tells of one benchmark, as far as it is needed. */
interface Bench {
  readonly group: string;
  readonly name: string;
  /** Times in nanoseconds. */
  readonly results: readonly { readonly ok: { readonly p75: number; readonly max: number } }[];
}

/** Numbers of names, the smallest first. */
const FULL = { sizes: [1_000, 10_000, 100_000, 1_000_000], rounds: 3, warmUps: 0 };
const QUICK = { sizes: [1_000, 10_000], rounds: 1, warmUps: 0 };
const SCRIPT = fromFileUrl(new URL("../catalogue_bench.ts", import.meta.url));
const LESS = { lessIsBetter: true };

/** The benchmarks of each round, by the number of names. */
type RoundsOf = Readonly<Record<number, readonly (readonly Bench[])[]>>;

/** Measures catalogues of all sizes, each in a process of its own. */
export async function measureCatalogue({ signal, isQuick, svg }: PartOptions): Promise<Result> {
  const { sizes, ...rounds } = isQuick ? QUICK : FULL;
  const turns = sizes.map((size) => [size, () => runBench(size, signal)]);
  const of: RoundsOf = await alternate(Object.fromEntries(turns), rounds);
  if (svg) await Deno.writeTextFile(svg, chart(linesOf(of)));
  const rows = [...sizes.flatMap((size) => searchRows(of, size)), ...requestRows(of)];
  return { rows, notes: [noteOn(of, rounds.rounds)] };
}

async function runBench(size: number, signal: AbortSignal): Promise<readonly Bench[]> {
  const args = ["bench", "--quiet", "--no-check", "-A", "--json", SCRIPT, "--", String(size)];
  const command = new Deno.Command(Deno.execPath(), { args, signal, stderr: "inherit" });
  const { stdout, success } = await command.output();
  if (!success) throw new Error(`the benchmark of ${size} names failed`);
  return JSON.parse(new TextDecoder().decode(stdout)).benches;
}

/** Microseconds of one benchmark in each round. */
function microsOf(of: RoundsOf, size: number, group: string, name: string, field: "p75" | "max") {
  return of[size]!.map((benches) => {
    const bench = benches.find((bench) => bench.group === group && bench.name === name);
    return bench!.results[0]!.ok[field] / 1_000;
  });
}

/** The names in `group`, or all groups. */
function namesIn(of: RoundsOf, group?: string): string[] {
  const [[first] = []] = Object.values(of);
  const benches = first!.filter((bench) => group === undefined || bench.group === group);
  return [...new Set(benches.map((bench) => group === undefined ? bench.group : bench.name))];
}

function searchRows(of: RoundsOf, size: number): Row[] {
  const groups = namesIn(of).filter((group) => group.startsWith("search"));
  return groups.map((group) => {
    const micros = (name: string) => microsOf(of, size, group, name, "p75");
    const title = `${group}, in ${formatCount(size)} names, µs`;
    return compare(title, micros("ours"), micros("FTS5"), LESS);
  });
}

function requestRows(of: RoundsOf): Row[] {
  const [smallest, ...larger] = Object.keys(of).map(Number);
  return namesIn(of, "requests").flatMap((name) => {
    const micros = (size: number) => microsOf(of, size, "requests", name, "p75");
    return larger.map((size) => {
      const title = `${name} in ${formatCount(size)} names, µs`;
      return compare(title, micros(size), micros(smallest!), LESS);
    });
  });
}

/** For each request a line through the medians of the rounds. */
function linesOf(of: RoundsOf) {
  return namesIn(of, "requests").map((name) => {
    const points = Object.keys(of).map(Number).map((size) => {
      return [size, median(microsOf(of, size, "requests", name, "p75"))] as const;
    });
    return { name, points };
  });
}

function noteOn(of: RoundsOf, rounds: number): string {
  const changes = Object.keys(of).map(Number).map((size) => {
    const [name] = namesIn(of, "changes");
    const [p75, max] = (["p75", "max"] as const).map((field) => {
      return median(microsOf(of, size, "changes", name!, field));
    });
    return `${p75!.toFixed(0)} (${(max! / 1_000).toFixed(1)} ms) in ${formatCount(size)} names`;
  });
  return `catalogue: third quartiles of Deno.bench, ${rounds} rounds, in process; searches for the first ` +
    `page, bare: SQLite's full-text index of trigrams in memory; requests handled and encoded, bare: the same index with the fewest ` +
    `names; of sch, lpf and lap one page, of what 1,000 active users publish, of one user's ` +
    `files, and of those users; ten changes take, µs (the longest): ${changes.join(", ")}`;
}

function formatCount(count: number): string {
  return count.toLocaleString("en");
}
