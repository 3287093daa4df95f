/**
 * The lines typed before, and how to find one again.
 *
 * @module
 */

/** Lines of history that are kept. */
export const HISTORY_LINES = 1_000;

/** Lines, the newest one last, none of them twice. */
export class LineHistory {
  #lines: string[];

  constructor(lines: readonly string[] = []) {
    this.#lines = [...new Set(lines.toReversed())].slice(0, HISTORY_LINES).reverse();
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  add(line: string): void {
    this.#lines = [...this.#lines.filter((it) => it !== line), line].slice(-HISTORY_LINES);
  }
}

/** Up and Down from a line: those that begin like what was typed. */
export class HistoryWalk {
  readonly #found: readonly string[];
  #at: number;

  /** @param typed The line before the walk, to which Down returns. */
  constructor(lines: readonly string[], typed: string) {
    this.#found = [...lines.filter((line) => line.startsWith(typed) && line !== typed), typed];
    this.#at = this.#found.length - 1;
  }

  /** The next older line; the oldest one if there is none. */
  older(): string {
    this.#at = Math.max(0, this.#at - 1);
    return this.#found[this.#at]!;
  }

  /** The next newer line; what was typed after the newest. */
  newer(): string {
    this.#at = Math.min(this.#found.length - 1, this.#at + 1);
    return this.#found[this.#at]!;
  }
}

/** Ctrl-R: an incremental search from the newest line to the oldest. */
export class HistorySearch {
  readonly #lines: readonly string[];
  #query = "";
  /** Before which line to go on, and which one is shown. */
  #at: number;

  constructor(lines: readonly string[]) {
    this.#lines = lines;
    this.#at = lines.length;
  }

  get query(): string {
    return this.#query;
  }

  /** The line that was found last, if any. It need not hold the query any more. */
  get match(): string | undefined {
    return this.#lines[this.#at];
  }

  /** Whether the line that was found holds the query. */
  get hasFailed(): boolean {
    return this.#query !== "" && !(this.match?.includes(this.#query) ?? false);
  }

  /** Adds to the query: the line that was found stays if it holds that, too. */
  type(text: string): void {
    this.#query += text;
    this.#find(this.#at);
  }

  /** Takes `count` UTF-16 units from the query's end, and searches anew. */
  erase(count: number): void {
    this.#query = this.#query.slice(0, Math.max(0, this.#query.length - count));
    this.#at = this.#lines.length;
    if (this.#query !== "") this.#find(this.#at);
  }

  /** Goes on to the next older line that holds the query. */
  next(): void {
    if (this.#query !== "") this.#find(this.#at - 1);
  }

  #find(from: number): void {
    const found = this.#lines.findLastIndex((line, i) => i <= from && line.includes(this.#query));
    if (found >= 0) this.#at = found;
  }
}
