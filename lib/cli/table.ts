/**
 * Rows whose columns stand below each other.
 *
 * @module
 */

import { cutInMiddle, displayWidth } from "./display_width.ts";
import { escapeText } from "../protocol/escape.ts";

const GAP = "  ";
/** Between the names of what is told of an item and what that is. */
const COLON = ": ";
/** Stands for what is not known. */
const UNKNOWN = "-";

/** A column of a table that fits a terminal. */
export interface Column {
  readonly head: string;
  /** One for each row, as it is; nothing where that is not known. */
  readonly cells: readonly (string | undefined)[];
  readonly isNumber?: boolean;
  /** To how few characters it may be cut before others are left out. @default it is not cut */
  readonly least?: number;
  /** The column with the highest goes first where there is no room. @default {0}: it stays, cut */
  readonly rank?: number;
}

interface Measured extends Column {
  readonly texts: readonly string[];
  readonly width: number;
}

/**
 * The lines of a table of `columns`, none wider than `width`: what has no room is cut in its middle, or
 * the least important column is left out. So are columns in which nothing is known.
 */
export function fitTable(columns: readonly Column[], width: number): string[] {
  let kept = columns.filter(isKnown).map(measured);
  while (sum(kept.map(leastOf)) > width && kept.some(({ rank = 0 }) => rank > 0)) {
    const last = Math.max(...kept.map(({ rank = 0 }) => rank));
    kept = kept.filter(({ rank = 0 }) => rank !== last);
  }
  return linesOf(kept, fitted(kept, width));
}

/**
 * All of `columns`, and nothing cut: as a table if that fits into `width`, or else each row as a few
 * lines, the first column above the others.
 */
export function wholeTable(columns: readonly Column[], width = Infinity): string[] {
  const all = columns.map(measured);
  if (sum(all.map((it) => it.width)) <= width) return linesOf(all, all.map((it) => it.width));
  const [first, ...others] = all;
  return (first?.cells ?? []).flatMap((_, row) => [
    first!.texts[row + 1]!,
    ...others.filter(({ cells }) => cells[row] !== undefined)
      .map(({ head, texts }) => GAP + head.toLowerCase() + COLON + texts[row + 1]),
  ]);
}

/** The columns called `heads` of `rows`. */
export function columnsOf(
  heads: readonly string[],
  rows: readonly (readonly (string | undefined)[])[],
): Column[] {
  return heads.map((head, i) => ({ head, cells: rows.map((row) => row[i]) }));
}

function isKnown({ cells, rank = 0 }: Column): boolean {
  return rank === 0 || cells.some((cell) => cell !== undefined);
}

function measured(column: Column): Measured {
  const texts = [column.head, ...column.cells].map((text) => escapeText(text ?? UNKNOWN));
  return { ...column, texts, width: widest(texts) };
}

function leastOf({ width, least = width }: Measured): number {
  return Math.min(width, least);
}

/** The widths of `columns`, those that may be cut as wide as there is room. */
function fitted(columns: readonly Measured[], width: number): number[] {
  let excess = sum(columns.map((it) => it.width)) - width;
  return columns.map((column) => {
    const most = column.least === undefined ? 0 : column.width - 1;
    const cut = Math.max(0, Math.min(excess, most));
    excess -= cut;
    return column.width - cut;
  });
}

/** The width of columns of such widths beside each other. */
function sum(widths: readonly number[]): number {
  return widths.reduce((all, width) => all + width, 0) + GAP.length * (widths.length - 1);
}

function linesOf(columns: readonly Measured[], widths: readonly number[]): string[] {
  const rows = columns[0]?.texts.length ?? 0;
  return Array.from({ length: rows }, (_, row) => {
    const cells = columns.map(({ texts, isNumber }, i) => {
      const text = cutInMiddle(texts[row]!, widths[i]!);
      return isNumber ? padding(text, widths[i]!) + text : padded(text, widths[i]!);
    });
    return cells.join(GAP).trimEnd();
  });
}

function padding(text: string, width: number): string {
  return " ".repeat(width - displayWidth(text));
}

function padded(text: string, width: number): string {
  return text + padding(text, width);
}

function widest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, displayWidth(text)), 0);
}
