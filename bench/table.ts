/**
 * The results of a benchmark, as Markdown and as JSON.
 *
 * @module
 */

import { median, quantile } from "./rounds.ts";

/** One comparison. A ratio of 1 means as good as the bare limit, whatever the unit. */
export interface Row {
  readonly name: string;
  /** Medians. */
  readonly ours: number;
  readonly bare: number;
  /** Median of the rounds' ratios, and the quartiles of them. */
  readonly ratio: number;
  readonly middleHalf: readonly [number, number];
  /** The ratio that this project wants to reach. */
  readonly aim?: number | undefined;
}

/** Everything a benchmark has to say. */
export interface Result {
  readonly rows: readonly Row[];
  readonly notes: readonly string[];
}

/** Several results as one. */
export function joinResults(results: readonly Result[]): Result {
  return {
    rows: results.flatMap(({ rows }) => rows),
    notes: results.flatMap(({ notes }) => notes),
  };
}

/** What a part of the benchmark is given. */
export interface PartOptions {
  /** Where it may make files. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Whether a result is wanted soon, however rough: to see that all works. */
  readonly isQuick: boolean;
  /** Where a swarm writes how many pieces each downloader had when. @default nowhere */
  readonly pieces?: string | undefined;
  /** What each line of a swarm carries, as `--limit-up` takes it. @default 10M */
  readonly rate?: string | undefined;
}

/** Measures one part. */
export type Part = (options: PartOptions) => Promise<Result>;

/** How a {@linkcode Row} is computed. */
export interface Comparison {
  readonly aim?: number | undefined;
  /** For times and the like. @default {false} */
  readonly lessIsBetter?: boolean;
}

/** The row that compares `ours` with `bare`, round by round. */
export function compare(
  name: string,
  ours: readonly number[],
  bare: readonly number[],
  { aim, lessIsBetter = false }: Comparison = {},
): Row {
  const ratios = ours.map((our, i) => lessIsBetter ? bare[i]! / our : our / bare[i]!);
  return {
    name,
    ours: median(ours),
    bare: median(bare),
    ratio: median(ratios),
    middleHalf: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
    aim,
  };
}

/** One JSON object a line: a row or a note. */
export function formatJson({ rows, notes }: Result): string {
  const lines = [...rows, ...notes.map((note) => ({ note }))];
  return lines.map((line) => JSON.stringify(line) + "\n").join("");
}

/** A Markdown table with aligned columns, the notes below. */
export function formatMarkdown({ rows, notes }: Result): string {
  const [head, ...rest] = toCells(rows);
  const rule = head!.map((_, i) => i === 0 ? ":--" : "--:");
  const table = [head!, rule, ...rest];
  const widths = head!.map((_, i) => Math.max(...table.map((row) => row[i]!.length)));
  const pad = (cell: string, i: number) => {
    return i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!);
  };
  const lines = table.map((row) => `| ${row.map(pad).join(" | ")} |`);
  return [...lines, "", ...notes.map((note) => `- ${note}`), ""].join("\n");
}

/** A line of titles and one for each row. */
function toCells(rows: readonly Row[]): string[][] {
  return [["", "ours", "bare", "ratio", "middle half", "aim"], ...rows.map(cellsOf)];
}

function cellsOf({ name, ours, bare, ratio, middleHalf, aim }: Row): string[] {
  const middle = middleHalf.map((end) => end.toFixed(2)).join("–");
  return [name, toText(ours), toText(bare), ratio.toFixed(2), middle, aim?.toFixed(2) ?? ""];
}

function toText(value: number): string {
  const digits = value < 100 ? 2 : 0;
  return value.toLocaleString("en", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}
