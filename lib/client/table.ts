/**
 * Rows whose columns stand below each other.
 *
 * @module
 */

import { displayWidth } from "../cli/display_width.ts";
import { escapeText } from "../protocol/escape.ts";

const GAP = "  ";
/** Stands for what is not known. */
const UNKNOWN = "-";

/** The lines of `rows` below `heads`, each column as wide as its widest text once that is escaped. */
export function tableOf(
  heads: readonly string[],
  rows: readonly (readonly (string | undefined)[])[],
): string[] {
  const texts = [heads, ...rows].map((row) => row.map((text) => escapeText(text ?? UNKNOWN)));
  const widths = heads.map((_, i) =>
    texts.reduce((most, row) => {
      return Math.max(most, displayWidth(row[i]!));
    }, 0)
  );
  return texts.map((row) => row.map((text, i) => padded(text, widths[i]!)).join(GAP).trimEnd());
}

function padded(text: string, width: number): string {
  return text + " ".repeat(width - displayWidth(text));
}
