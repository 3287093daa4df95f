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
}

/** Everything a benchmark has to say. */
export interface Result {
  readonly rows: readonly Row[];
  readonly notes: readonly string[];
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
  const head = ["", "ours", "bare", "ratio", "middle half", "aim"];
  const cells = [head, ...rows.map(toCells)];
  const widths = head.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)));
  const lines = cells.map((row) => {
    return row.map((cell, i) => i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))
      .join("  ").trimEnd();
  });
  return [...lines, "", ...notes.map((note) => `- ${note}`), ""].join("\n");
}

function toCells({ name, ours, bare, ratio, middleHalf, aim }: Row): string[] {
  const [low, high] = middleHalf;
  const middle = `${low.toFixed(2)}–${high.toFixed(2)}`;
  return [name, toText(ours), toText(bare), ratio.toFixed(2), middle, aim?.toFixed(2) ?? ""];
}

function toText(value: number): string {
  const digits = value < 100 ? 2 : 0;
  return value.toLocaleString("en", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}
