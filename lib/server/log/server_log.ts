/**
 * The server's log: what came, from whom, and how it was answered.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { withTimeout } from "../../async/with_timeout.ts";
import type { Address } from "../../protocol/address.ts";
import type { LogFormat } from "../flags/serve_flags.ts";
import { type LineCause, LogBudget } from "./log_budget.ts";
import { GapSink, type LogSink, type LogWatcher, type PutLine } from "./log_gap.ts";
import { LogLines } from "./log_lines.ts";
import { type LogEvent, putJson, putText } from "./log_text.ts";

/** How a {@linkcode ServerLog} is kept. */
export interface ServerLogOptions extends LogWatcher {
  /** How long to wait at the end for a reader that takes nothing. @default {1_000} */
  readonly leavingMs?: number;
}

/** Most bytes that wait for a slow reader; further lines are left out. */
const MOST_WAITING = 1_048_576;

/** How often the number of lines left out is logged, in milliseconds. */
const SUM_UP_MS = 1_000;

/** How long lines are batched before they are written, in milliseconds: too short to be noticed. */
const GATHER_MS = 10;

/**
 * Formats events and writes those together that came while the last ones were written. What is too much
 * is left out, and counted; what cannot be written is counted, too.
 */
export class ServerLog implements AsyncDisposable {
  readonly #put: PutLine;
  readonly #sink: GapSink;
  readonly #leaving = new AbortController();
  readonly #leavingMs: number;
  readonly #budget = new LogBudget();
  /** Where the last line was from. */
  #from: Address = { hostname: "", port: 0 };
  #waiting = new LogLines(MOST_WAITING);
  #written = new LogLines(MOST_WAITING);
  #writing: Promise<void> | undefined;
  #summingUp: Promise<void> | undefined;

  constructor(
    format: Exclude<LogFormat, "off">,
    sink: LogSink,
    { leavingMs = 1_000, ...watcher }: ServerLogOptions = {},
  ) {
    this.#leavingMs = leavingMs;
    this.#put = format === "json" ? putJson : putText;
    this.#sink = new GapSink(sink, this.#put, watcher);
  }

  /** Writes `event`, which happened at `time`, soon; or not at all, if it is too much. */
  write(event: LogEvent, cause: LineCause = "server", time: number = Date.now()): void {
    if (this.#budget.take(cause, time) && this.#putOne(event, time)) return;
    this.#budget.leaveOut(cause, event.from);
    this.#summingUp ??= this.#sumUp();
  }

  /** Waits until everything is written, if somebody reads it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#leaving.abort();
    await this.#summingUp;
    if (this.#writing) await withTimeout(this.#writing, this.#leavingMs);
    this.#tellLeftOut(); // Before that the buffer may have been full.
    if (this.#writing) await withTimeout(this.#writing, this.#leavingMs);
  }

  #putOne(event: LogEvent, time: number): boolean {
    const fits = this.#put(this.#waiting, event, time);
    this.#from = event.from;
    this.#writing ??= this.#writeAll().finally(() => this.#writing = undefined);
    return fits;
  }

  async #sumUp(): Promise<void> {
    const { signal } = this.#leaving;
    do await delay(SUM_UP_MS, { signal }).catch(() => {}); while (
      !this.#tellLeftOut() && !signal.aborted
    );
    this.#summingUp = undefined;
  }

  /** Returns whether all of it fitted. */
  #tellLeftOut(): boolean {
    const untold = this.#budget.takeLeftOut().filter((leftOut) => {
      return !this.#putOne({ kind: "left out", ...leftOut }, Date.now());
    });
    for (const { cause, from, lines } of untold) this.#budget.leaveOut(cause, from, lines);
    return untold.length === 0;
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.bytes.length > 0) {
      // A write costs more than a request: what comes in the meantime goes along.
      await delay(GATHER_MS, { signal: this.#leaving.signal }).catch(() => {});
      [this.#waiting, this.#written] = [this.#written, this.#waiting];
      await this.#sink.write(this.#written.bytes, this.#from);
      this.#written.clear();
    }
  }
}
