/**
 * A terminal of so many columns and any number of rows, as far as the client uses one.
 *
 * @module
 */

import { displayWidth } from "../../lib/cli/display_width.ts";
import { graphemesOf } from "../../lib/cli/edit_buffer.ts";

/** A move of the cursor, an erasure, a line end, or text. */
// deno-lint-ignore no-control-regex
const PART = /\x1b\[(\d*)([ACJH])|[\r\n]|[^\x1b\r\n]+/g;

/** Takes what is written to a terminal, and shows what is then on it. */
export class TerminalModel {
  /** Cells of each row; a wide character has an empty one behind it. */
  #rows: string[][] = [[]];
  #row = 0;
  #column = 0;

  constructor(readonly columns: number, readonly rows: number = 1_000) {}

  /** What the rows hold, without blanks at their ends and empty rows below. */
  get text(): string {
    return this.#rows.map((row) => Array.from(row, (it) => it ?? " ").join("").trimEnd())
      .join("\n").trimEnd();
  }

  /** Where the next character goes; at the end of a full row that is still that row. */
  get cursor(): { readonly row: number; readonly column: number } {
    return { row: this.#row, column: this.#column };
  }

  readonly write = (text: string): void => {
    for (const [part, count, move] of text.matchAll(PART)) {
      if (move !== undefined) this.#move(move, Number(count || 1));
      else if (part === "\r") this.#column = 0;
      else if (part === "\n") this.#moveTo(this.#row + 1, 0);
      else for (const character of graphemesOf(part)) this.#print(character);
    }
  };

  #move(move: string, count: number): void {
    if (move === "A") this.#row = Math.max(0, this.#row - count);
    else if (move === "C") this.#column = Math.min(this.columns - 1, this.#column + count);
    else if (move === "H") this.#moveTo(0, 0);
    else this.#erase();
  }

  #erase(): void {
    this.#rows.length = this.#row + 1;
    this.#rows[this.#row]!.length = Math.min(this.#rows[this.#row]!.length, this.#column);
  }

  #moveTo(row: number, column: number): void {
    this.#row = row;
    this.#column = column;
    while (this.#rows.length <= row) this.#rows.push([]);
  }

  #print(character: string): void {
    const width = displayWidth(character);
    if (this.#column + width > this.columns) this.#moveTo(this.#row + 1, 0);
    const row = this.#rows[this.#row]!;
    while (row.length < this.#column) row.push(" ");
    row[this.#column] = character;
    if (width === 2) row[this.#column + 1] = "";
    this.#column += width;
  }
}
