/**
 * The results of a benchmark, as a table and as JSON.
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
  /** Medians of the ratios to others who were measured, by their names. */
  readonly against?: Readonly<Record<string, number>>;
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

/** How a {@linkcode Row} is computed. */
export interface Comparison {
  readonly aim?: number;
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

/** The rows in columns, the notes below. */
export function formatTable({ rows, notes }: Result): string {
  const cells = toCells(rows);
  const widths = cells[0]!.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)));
  const lines = cells.map((row) => {
    return row.map((cell, i) => i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))
      .join("  ").trimEnd();
  });
  return [...lines, "", ...notes.map((note) => `- ${note}`), ""].join("\n");
}

/** The same for a page of documentation. */
export function formatMarkdown({ rows, notes }: Result): string {
  const [head, ...rest] = toCells(rows);
  const rule = head!.map((_, i) => i === 0 ? ":--" : "--:");
  const lines = [head!, rule, ...rest].map((row) => `| ${row.join(" | ")} |`);
  return [...lines, "", ...notes.map((note) => `- ${note}`), ""].join("\n");
}

/** A line of titles and one for each row. */
function toCells(rows: readonly Row[]): string[][] {
  const others = [...new Set(rows.flatMap(({ against = {} }) => Object.keys(against)))];
  const head = ["", "ours", "bare", "ratio", "middle half", "aim", ...others];
  return [head, ...rows.map((row) => cellsOf(row, others))];
}

function cellsOf(row: Row, others: readonly string[]): string[] {
  const { name, ours, bare, ratio, aim, against = {} } = row;
  const middle = row.middleHalf.map((end) => end.toFixed(2)).join("–");
  const cells = [name, toText(ours), toText(bare), ratio.toFixed(2), middle, aim?.toFixed(2) ?? ""];
  return [...cells, ...others.map((other) => against[other]?.toFixed(2) ?? "")];
}

function toText(value: number): string {
  const digits = value < 100 ? 2 : 0;
  return value.toLocaleString("en", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}
