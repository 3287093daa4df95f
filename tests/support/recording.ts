/**
 * Recordings of terminals in the format of asciinema: asciicast v2, a header and a line for each
 * change, every one of which draws all rows anew.
 *
 * @module
 */

/** What the terminals show from a moment on. */
export interface Frame {
  /** Since the beginning. */
  readonly seconds: number;
  readonly rows: readonly string[];
}

/** Frames on a screen of that size. */
export interface Recording {
  readonly title: string;
  readonly columns: number;
  readonly rows: number;
  readonly frames: readonly Frame[];
}

/** Clears the screen and begins at its upper left corner. */
const CLEAR = "\x1b[2J\x1b[H";
const LINE_END = "\r\n";

/** How long a line can be read that was typed, and what came of it, in seconds. */
const TYPED_SECONDS = 0.8;
const SHOWN_SECONDS = 1.4;

/** The frames of screens that are shown one after the other; what is typed is shown for less. */
export function pacedFrames(
  screens: readonly { readonly isTyped: boolean; readonly rows: readonly string[] }[],
): Frame[] {
  let seconds = 0;
  return screens.map(({ isTyped, rows }) => {
    const frame = { seconds: Math.round(seconds * 10) / 10, rows };
    seconds += isTyped ? TYPED_SECONDS : SHOWN_SECONDS;
    return frame;
  });
}

/** The text of an asciicast v2. */
export function formatCast({ title, columns, rows, frames }: Recording): string {
  const header = { version: 2, width: columns, height: rows, title };
  const events = frames.map((frame) => [frame.seconds, "o", CLEAR + frame.rows.join(LINE_END)]);
  return [header, ...events].map((line) => `${JSON.stringify(line)}\n`).join("");
}

/** What {@linkcode formatCast} wrote. */
export function parseCast(text: string): Recording {
  const [header, ...events] = text.trim().split("\n").map((line) => JSON.parse(line));
  const frames = events.map(([seconds, , output]: [number, string, string]) => {
    return { seconds, rows: output.slice(CLEAR.length).split(LINE_END) };
  });
  return { title: header.title, columns: header.width, rows: header.height, frames };
}
