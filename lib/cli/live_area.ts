/**
 * The bottom of a terminal: lines that tell of what runs, and the line that is being typed. What is
 * printed meanwhile stands above them.
 *
 * @module
 */

import { cutToWidth } from "./display_width.ts";
import { cursorPlace, drawLine, type EditedLine, endPlace, rowsFor } from "./line_layout.ts";
import { CLEAR_SCREEN, ERASE_FROM_HERE, type Screen } from "./screen.ts";
import { type Sink, toStderr } from "./write.ts";

/** Shortest time between two redrawings because of a status line, in milliseconds. */
const REDRAW_MS = 100;
/** Most status lines that are shown: the screen is for what a person does. */
const MOST_STATUS_LINES = 8;

/** The text of a status line on a terminal of so many columns; empty for none. */
export type DrawStatus = (columns: number) => string;

/** A line that tells how something goes. Disposed of, it is gone. */
export interface StatusLine extends Disposable {
  /**
   * Shows what `draw` makes for so many columns, free of control characters, in place of what the
   * line has shown. It is asked again whenever the terminal changes its size.
   */
  show(draw: DrawStatus): void;
  /** Shows nothing until the next {@linkcode show}. */
  clear(): void;
}

/** What stands on the terminal. */
interface Drawn {
  readonly status: readonly string[];
  readonly line: EditedLine | undefined;
}

const NONE: DrawStatus = () => "";
const NOTHING: Drawn = { status: [], line: undefined };

/** Draws the bottom of a terminal. Without a screen only prompts are shown. */
export class LiveArea implements Disposable {
  readonly #screen: Screen | undefined;
  /** In the order in which they were made; empty ones are not shown. */
  readonly #status = new Map<symbol, DrawStatus>();
  #line: EditedLine | undefined;
  #drawn: Drawn = NOTHING;
  #drawnAt = -Infinity;
  #later: ReturnType<typeof setTimeout> | undefined;
  /** How many things are printed above, one inside of the other. */
  #depth = 0;
  #isStatusHidden = false;
  #isClosed = false;

  constructor(screen: Screen | undefined) {
    this.#screen = screen;
  }

  /** Whether text can be drawn over. */
  get hasScreen(): boolean {
    return this.#screen !== undefined;
  }

  /** Shows the line that is typed in place of what it was, or of none. */
  showLine(line: EditedLine): void {
    const isNew = this.#line === undefined;
    this.#line = line;
    if (this.#screen) this.#redraw();
    else if (isNew) toStderr(line.prompt);
  }

  /** Leaves the line, with `mark` at its end, where it is: what comes next stands below. */
  endLine(mark = ""): void {
    const line = this.#line;
    if (!line) return;
    this.#line = undefined;
    if (!this.#screen) return void toStderr("\n");
    const { columns } = this.#screen;
    const whole = { ...line, cursor: line.text.length };
    const { column } = cursorPlace(whole, columns);
    const isFull = column === 0 && line.prompt + line.text !== "";
    this.#write(`${this.#erase()}${drawLine(whole, columns)}${mark}${isFull && !mark ? "" : "\n"}`);
    this.#redraw();
  }

  /** The terminal itself has ended the line, which it edits where there is no screen. */
  forgetLine(): void {
    this.#line = undefined;
  }

  /** Does `print`, whose lines stand above all that is here. */
  above<T>(print: () => T): T {
    if (this.#depth === 0) this.#clear();
    this.#depth++;
    try {
      return print();
    } finally {
      this.#depth--;
      if (this.#depth === 0) this.#restore();
    }
  }

  /** Writes what `make` makes for so many columns above all that is here. */
  aboveText(make: (columns: number) => string): void {
    const screen = this.#screen;
    if (screen) this.above(() => screen.write(make(screen.columns)));
  }

  /** `sink`, so that what is written to it stands above. */
  around(sink: Sink): Sink {
    return (text) => this.above(() => sink(text));
  }

  /** A new status line below the others; none without a screen. */
  addStatus(): StatusLine | undefined {
    if (!this.#screen) return undefined;
    const key = Symbol();
    const change = (draw: DrawStatus) => {
      if (draw === NONE && this.#status.get(key) === NONE || this.#isClosed) return;
      this.#status.set(key, draw);
      this.#redrawSoon();
    };
    this.#status.set(key, NONE);
    return {
      show: change,
      clear: () => change(NONE),
      [Symbol.dispose]: () => this.#remove(key),
    };
  }

  /** Shows no status lines while something else has the terminal, until disposed of. */
  hideStatus(): Disposable {
    this.#isStatusHidden = true;
    this.#redraw();
    return {
      [Symbol.dispose]: () => {
        this.#isStatusHidden = false;
        this.#redraw();
      },
    };
  }

  /** Draws everything in the new size of the terminal, which has kept the cursor at its character. */
  resize(): void {
    this.#redraw();
  }

  /** Draws everything on an empty screen. */
  clearScreen(): void {
    if (!this.#screen) return;
    this.#drawn = NOTHING;
    this.#write(CLEAR_SCREEN);
    this.#redraw();
  }

  /** Draws everything anew, below what somebody else has written meanwhile. */
  resume(): void {
    this.#drawn = NOTHING;
    if (this.#screen) this.#redraw();
    else if (this.#line) toStderr(this.#line.prompt);
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.endLine();
    this.#status.clear();
    this.#redraw();
    clearTimeout(this.#later);
  }

  #remove(key: symbol): void {
    const wasShown = this.#status.get(key) !== NONE;
    this.#status.delete(key);
    if (wasShown) this.#redraw();
  }

  #clear(): void {
    if (this.#screen) this.#write(this.#erase());
    else if (this.#line) toStderr("\n");
  }

  #restore(): void {
    if (this.#screen) this.#redraw();
    else if (this.#line) toStderr(this.#line.prompt);
  }

  #redrawSoon(): void {
    const due = this.#drawnAt + REDRAW_MS - performance.now();
    if (due <= 0) this.#redrawChanged();
    else this.#redrawIn(due);
  }

  #redrawIn(ms: number): void {
    this.#later ??= setTimeout(() => {
      this.#later = undefined;
      this.#redrawChanged();
    }, ms);
  }

  /** What is as it was is left alone, and a terminal that takes nothing gets nothing. */
  #redrawChanged(): void {
    if (this.#screen?.isBusy) return this.#redrawIn(REDRAW_MS);
    const status = this.#statusNow();
    const { length } = this.#drawn.status;
    const isSame = status.length === length &&
      status.every((it, i) => it === this.#drawn.status[i]);
    if (!isSame) return this.#redraw(status);
    clearTimeout(this.#later);
    this.#later = undefined;
    this.#drawnAt = performance.now();
  }

  #redraw(status: readonly string[] = this.#statusNow()): void {
    if (!this.#screen || this.#depth > 0) return;
    clearTimeout(this.#later);
    this.#later = undefined;
    this.#drawnAt = performance.now();
    const { columns } = this.#screen;
    const erase = this.#erase();
    const line = this.#line;
    this.#drawn = { status, line };
    const end = line ? drawLine(line, columns) : "\r";
    const text = status.length === 0 ? "" : status.join("\n") + (line ? "\n" : "");
    this.#write(erase + text + (status.length > 0 || line ? end : ""));
  }

  /** What is told, in less than the columns: a full row would make some terminals begin another. */
  #statusNow(): string[] {
    if (!this.#screen) return [];
    const { columns, rows } = this.#screen;
    const told = this.#isStatusHidden ? [] : this.#statusFor(columns);
    const left = rows - (this.#line ? rowsOf(this.#line, columns) : 0);
    const most = Math.max(0, Math.min(MOST_STATUS_LINES, left - 1));
    const more = told.length - most;
    const kept = more > 0 && most > 0
      ? [...told.slice(0, most - 1), `… and ${more + 1} more`]
      : told.slice(0, most);
    return kept.map((text) => cutToWidth(text, columns - 1));
  }

  #statusFor(columns: number): string[] {
    return [...this.#status.values()].map((draw) => draw(columns)).filter((it) => it !== "");
  }

  /** What erases all that is drawn, wherever it stands in the present width. */
  #erase(): string {
    const { status, line } = this.#drawn;
    this.#drawn = NOTHING;
    if (status.length === 0 && !line) return "";
    const { columns } = this.#screen!;
    const above = line ? status : status.slice(0, -1);
    const rows = above.reduce((sum, text) => sum + rowsFor(text, columns), 0) +
      (line ? cursorPlace(line, columns).row : 0);
    return `\r${rows > 0 ? `\x1b[${rows}A` : ""}${ERASE_FROM_HERE}`;
  }

  #write(text: string): void {
    if (text !== "") this.#screen!.write(text);
  }
}

function rowsOf({ prompt, text }: EditedLine, columns: number): number {
  return endPlace(prompt + text, columns).row + 1;
}
