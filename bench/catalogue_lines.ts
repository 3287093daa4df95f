/**
 * The benchmark of the catalogue, which is a program of its own, as rows.
 *
 * @module
 */

import type { Loaded } from "./catalogue/load.ts";
import type { Times } from "./catalogue/times.ts";
import { Child } from "./child.ts";
import { compare, type Result, type Row } from "./table.ts";

/** By kind of search or request. */
type TimesBy = Readonly<Record<string, Times>>;

/** What that program tells of one size. */
interface Line {
  readonly publications: number;
  readonly load: Loaded;
  readonly ours: TimesBy;
  /** The bare limit. */
  readonly fts5: TimesBy;
  readonly scan: TimesBy;
  readonly requests: TimesBy;
}

/** Measures catalogues of these sizes. */
export async function measureCatalogue(
  sizes: readonly number[],
  signal: AbortSignal,
): Promise<Result> {
  await using child = Child.startCollecting("catalogue/main.ts", sizes.map(String), signal);
  const lines: Line[] = [];
  for await (const line of child.rest()) lines.push(JSON.parse(line) as Line);
  return { rows: lines.flatMap(rowsOf), notes: [NOTE, ...lines.map(noteOn)] };
}

const NOTE =
  "catalogue: searches for the first page; bare: SQLite's full-text index of trigrams in " +
  "memory; the column scan is the ratio against looking at every name";

function rowsOf({ publications, ours, fts5, scan }: Line): Row[] {
  return Object.entries(ours).flatMap(([kind, times]) => {
    return (["p50", "p99"] as const).map((part) => {
      const name = `search in ${formatCount(publications)}, ${kind}, µs, ${PART_NAMES[part]}`;
      const micros = (by: TimesBy) => [by[kind]![part] * 1_000];
      const row = compare(name, micros(ours), micros(fts5), { lessIsBetter: true });
      return { ...row, against: { scan: scan[kind]![part] / times[part] } };
    });
  });
}

const PART_NAMES = { p50: "median", p99: "99 %" } as const;

/** What has nothing to be compared with. */
function noteOn({ publications, load, requests }: Line): string {
  const requestTimes = Object.entries(requests).map(([verb, { p50, p99 }]) => {
    return `${verb} ${(p50 * 1_000).toFixed(1)} (${(p99 * 1_000).toFixed(0)})`;
  });
  const { readSeconds, applySeconds, settleSeconds, bytesPerPublication, apply } = load;
  const seconds = [readSeconds, applySeconds, settleSeconds].map((it) => it.toFixed(2));
  return `${formatCount(publications)} publications: read in ${seconds[0]} s, applied in ` +
    `${seconds[1]} s, settled in ${seconds[2]} s, ${
      bytesPerPublication.toFixed(0)
    } bytes each; a ` +
    `change takes ${(apply.p50 * 1_000).toFixed(0)} µs, 99 % less than ` +
    `${(apply.p99 * 1_000).toFixed(0)} µs, the longest ${apply.most.toFixed(1)} ms; requests, ` +
    `median µs (99 %): ${requestTimes.join(", ")}`;
}

function formatCount(count: number): string {
  return count.toLocaleString("en");
}
