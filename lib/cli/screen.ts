/**
 * The terminal behind standard error, on which text can be drawn over.
 *
 * @module
 */

import { type Sink, toStderr } from "./write.ts";

/** Width where the terminal does not tell it. */
const USUAL_COLUMNS = 80;

/** Erases what follows the cursor. */
export const ERASE_REST = "\x1b[J";

/** Moves to the beginning of the row, and erases it and what is below. */
export const ERASE = `\r\x1b[K${ERASE_REST}`;

/** A terminal on which text can be drawn over. */
export interface Screen {
  readonly write: Sink;
  /** How many columns it has now. */
  readonly columns: number;
}

/** The screen, if there is one: a file, a pipe and a dumb terminal get no control characters. */
export function openScreen(): Screen | undefined {
  if (!Deno.stderr.isTerminal() || Deno.env.get("TERM") === "dumb") return undefined;
  return {
    write: toStderr,
    get columns() {
      return columnsNow() || USUAL_COLUMNS;
    },
  };
}

function columnsNow(): number | undefined {
  try {
    return Deno.consoleSize().columns;
  } catch {
    // The terminal was closed.
  }
}
