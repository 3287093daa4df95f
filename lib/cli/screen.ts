/**
 * The terminals behind standard error and standard output, on which text can be drawn over.
 *
 * @module
 */

import { isStderrBusy, type Sink, toStderr, toStdout } from "./write.ts";

/** Size where the terminal does not tell it. */
const USUAL_SIZE = { columns: 80, rows: 24 };

/**
 * Erases all from the cursor on, which stands in the first column. The space keeps terminals from
 * taking that for a new screen where it is the first row, too: they would keep a copy of the old one.
 */
export const ERASE_FROM_HERE = " \x1b[J\r";

/** Erases the whole screen and moves to its first row. */
export const CLEAR_SCREEN = "\x1b[H\x1b[J";

/** Moves to the first row, to draw over what stands there. */
export const HOME = "\x1b[H";

/** Erases the rest of the row, and of the screen. */
export const ERASE_ROW = "\x1b[K";
export const ERASE_BELOW = "\x1b[J";

/** A terminal on which text can be drawn over. */
export interface Screen {
  readonly write: Sink;
  /** How many columns it has now. */
  readonly columns: number;
  readonly rows: number;
  /** Whether it has not taken yet what was written last, as one that is held with Ctrl-S. @default {false} */
  readonly isBusy?: boolean;
}

/** The screen, if there is one: a file, a pipe and a dumb terminal get no control characters. */
export function openScreen(): Screen | undefined {
  return Deno.stderr.isTerminal() ? screenFor(toStderr) : undefined;
}

/** The same of standard output, for a program whose whole output it is. */
export function openOutputScreen(): Screen | undefined {
  return Deno.stdout.isTerminal() ? screenFor(toStdout) : undefined;
}

function screenFor(write: Sink): Screen | undefined {
  if (Deno.env.get("TERM") === "dumb") return undefined;
  return {
    write,
    get columns() {
      return sizeNow().columns || USUAL_SIZE.columns;
    },
    get rows() {
      return sizeNow().rows || USUAL_SIZE.rows;
    },
    get isBusy() {
      return isStderrBusy();
    },
  };
}

/** How many columns the terminal behind standard output has, if there is one. */
export function outputColumns(): number | undefined {
  return Deno.stdout.isTerminal() ? sizeNow().columns || USUAL_SIZE.columns : undefined;
}

function sizeNow(): { readonly columns: number; readonly rows: number } {
  try {
    return Deno.consoleSize();
  } catch {
    return USUAL_SIZE; // The terminal was closed.
  }
}
