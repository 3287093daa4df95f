/**
 * Where progress is shown: on a screen, or by the line where nothing can be drawn over.
 *
 * @module
 */

import type { StatusLine } from "../cli/live_area.ts";
import { formatBytes } from "../protocol/format_bytes.ts";
import type { Progress } from "./progress.ts";
import { formatRate } from "./transfer_line.ts";
import { isComplete, movedBytes, type TransferState } from "./transfer_state.ts";

/** What is done sooner shows no progress, in milliseconds: it would only flicker. */
export const QUIET_MS = 1_000;
/** How often a line tells how far something is, in milliseconds. */
const REPORT_MS = 10_000;

/** Shows how far one command is. Times are milliseconds of a steady clock. Disposed of at its end. */
export interface ProgressView extends Disposable {
  /** Takes in how far the transfer called `name` is. */
  update(name: string, state: TransferState, now: number): void;
  /** Is called now and then. */
  tick(now: number): void;
}

/** A line of a screen that is there while the command runs. */
export class ScreenView implements ProgressView {
  readonly #progress: Progress;
  readonly #line: StatusLine;
  readonly #started: number;

  constructor(progress: Progress, line: StatusLine, now: number) {
    this.#progress = progress;
    this.#line = line;
    this.#started = now;
  }

  update(_name: string, _state: TransferState, now: number): void {
    this.tick(now);
  }

  tick(now: number): void {
    if (now - this.#started < QUIET_MS) return;
    this.#line.show((columns) => this.#progress.lineIn(columns));
  }

  [Symbol.dispose](): void {
    this.#line[Symbol.dispose]();
  }
}

/** Lines for a log: at the beginning, every 10 s, and at the end if all has come. */
export class ReportView implements ProgressView {
  readonly #progress: Progress;
  readonly #write: (line: string) => void;
  readonly #now: () => number;
  readonly #started: number;
  #reportedAt: number | undefined;

  /** @param now The time in milliseconds of a steady clock */
  constructor(progress: Progress, write: (line: string) => void, now: () => number) {
    this.#progress = progress;
    this.#write = write;
    this.#now = now;
    this.#started = now();
  }

  update(_name: string, _state: TransferState, now: number): void {
    this.tick(now);
  }

  tick(now: number): void {
    const last = this.#reportedAt;
    if (now - (last ?? this.#started) < (last === undefined ? QUIET_MS : REPORT_MS)) return;
    const { label, summary } = this.#progress;
    if (summary === "") return;
    this.#reportedAt = now;
    this.#write(`${label}: ${summary}`);
  }

  [Symbol.dispose](): void {
    const { label, state } = this.#progress;
    if (this.#reportedAt === undefined || !state || !isComplete(state)) return;
    const seconds = (this.#now() - this.#started) / 1_000;
    const rate = formatRate(movedBytes(state) / seconds);
    this.#write(`${label}: ${formatBytes(state.bytes)} in ${Math.round(seconds)} s, ${rate}`);
  }
}
