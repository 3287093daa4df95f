/**
 * Where the characters of a line stand on a terminal that wraps it.
 *
 * @module
 */

import { escapeText } from "../protocol/escape.ts";
import { displayWidth } from "./display_width.ts";
import { graphemesOf } from "./edit_buffer.ts";

/** A line with a prompt before it, and a cursor in it. */
export interface EditedLine {
  /** Holds no control characters. */
  readonly prompt: string;
  readonly text: string;
  /** In UTF-16 units of `text`. */
  readonly cursor: number;
}

/** A place on a terminal, counted from where the line begins. */
export interface Place {
  readonly row: number;
  readonly column: number;
}

const TAB = "\t";

/** `text` as it is shown: nothing in it moves a cursor or reorders what stands around it. */
export function shown(text: string): string {
  return escapeText(text.replaceAll(TAB, " "));
}

/** Where the cursor of `line` stands in `columns`. */
export function cursorPlace({ prompt, text, cursor }: EditedLine, columns: number): Place {
  return endPlace(prompt + shown(text.slice(0, cursor)), columns);
}

/**
 * Where the next character after `text` stands in `columns`. A wide one that does not fit at the end
 * of a row begins another.
 */
export function endPlace(text: string, columns: number): Place {
  let [row, column] = [0, 0];
  for (const character of graphemesOf(text)) {
    const width = Math.min(displayWidth(character), columns);
    if (column + width > columns) [row, column] = [row + 1, 0];
    column += width;
  }
  return column < columns ? { row, column } : { row: row + 1, column: 0 };
}

/** What draws `line` from the first column on and leaves the cursor where it belongs. */
export function drawLine(line: EditedLine, columns: number): string {
  const text = line.prompt + shown(line.text);
  const end = endPlace(text, columns);
  const { row, column } = cursorPlace(line, columns);
  // A row that is full is left by a terminal only when another character comes.
  const isFull = end.column === 0 && end.row > 0;
  const up = end.row > row ? `\x1b[${end.row - row}A` : "";
  const right = column > 0 ? `\x1b[${column}C` : "";
  return `${text}${isFull ? " " : ""}\r${up}${right}`;
}

/** How many rows a terminal of `columns` needs for `text`, which holds no line feed. */
export function rowsFor(text: string, columns: number): number {
  return Math.max(1, Math.ceil(displayWidth(text) / columns));
}
