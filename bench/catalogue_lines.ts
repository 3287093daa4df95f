/**
 * The benchmark of the catalogue, which is a program of its own, as rows.
 *
 * @module
 */

import { Child } from "./child.ts";
import { compare, type Result, type Row } from "./table.ts";

/** What that program tells: milliseconds, unless the field says otherwise. */
interface Line {
  readonly publications: number;
  readonly what: string;
  readonly contender?: string;
  readonly p50?: number;
}

/** The others that it compares with, and which one is the bare limit. */
const BARE = "fts5";
const OURS = "ours";

/** Measures catalogues of these sizes. */
export async function measureCatalogue(
  sizes: readonly number[],
  signal: AbortSignal,
): Promise<Result> {
  await using child = Child.startCollecting("catalogue/main.ts", sizes.map(String), signal);
  const lines: Line[] = [];
  for await (const line of child.rest()) lines.push(JSON.parse(line) as Line);
  return { rows: rowsOf(lines), notes: notesOf(lines) };
}

function rowsOf(lines: readonly Line[]): Row[] {
  return lines.filter(({ contender }) => contender === OURS).map((ours) => {
    const { publications, what } = ours;
    const times = Object.fromEntries(
      lines.filter((line) => line.publications === publications && line.what === what)
        .map(({ contender = "", p50 = NaN }) => [contender, p50]),
    );
    const name = `search in ${publications.toLocaleString("en")}, ${what}, µs`;
    const micros = (ms = NaN) => [ms * 1_000];
    const row = compare(name, micros(ours.p50), micros(times[BARE]), { lessIsBetter: true });
    return times["scan"] === undefined
      ? row
      : { ...row, against: { scan: times["scan"] / ours.p50! } };
  });
}

/** What has nothing to be compared with. */
function notesOf(lines: readonly Line[]): string[] {
  const others = lines.filter(({ contender }) => contender === undefined);
  return [
    "catalogue: medians of searches; bare: SQLite's full-text index of trigrams in memory; scan: " +
    "every name looked at",
    ...others.map(({ publications, what, ...rest }) => {
      return `${what} in ${publications.toLocaleString("en")} publications: ${
        JSON.stringify(rest)
      }`;
    }),
  ];
}
