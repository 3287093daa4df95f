/**
 * How far one command is that moves files.
 *
 * @module
 */

import { escapeText } from "../protocol/escape.ts";
import type { JobProgress } from "./job.ts";
import { RateMeter } from "./rate_meter.ts";
import { detailsOf, fitLine, wordsOf } from "./transfer_line.ts";
import { movedBytes, type TransferState } from "./transfer_state.ts";

/** What a {@linkcode Progress} is about. */
export interface ProgressSetting {
  readonly verb: string;
  readonly args: readonly string[];
  /** The limit of what comes, in bytes per second. @default none */
  readonly limit?: (() => number) | undefined;
}

/** How far one command is. Times are milliseconds of a steady clock. */
export class Progress implements JobProgress {
  job: number | undefined;
  readonly #setting: ProgressSetting;
  readonly #now: () => number;
  #name: string | undefined;
  #state: TransferState | undefined;
  #meter = new RateMeter();

  constructor(setting: ProgressSetting, now: () => number = () => performance.now()) {
    this.#setting = setting;
    this.#now = now;
  }

  /** What it is called where that is shown, free of control characters. */
  get label(): string {
    const { verb, args } = this.#setting;
    const names = this.#name === undefined ? args : [this.#name];
    const job = this.job === undefined ? [] : [`[${this.job}]`];
    return [...job, verb, ...names].map(escapeText).join(" ");
  }

  /** How far it is, once that is known. */
  get state(): TransferState | undefined {
    return this.#state;
  }

  /** Bytes per second, if it is known. */
  get rate(): number | undefined {
    const rate = this.#meter.rate(this.#now());
    if (rate === undefined || this.#state?.phase !== "downloading") return rate;
    // What had waited for a limit comes at once when there was a pause.
    return Math.min(rate, this.#setting.limit?.() ?? Infinity);
  }

  /** How it goes, for whoever asks; empty before that is known. */
  get summary(): string {
    return this.#state ? wordsOf(this.#state, this.rate) : "";
  }

  /** Takes in how far the transfer called `name` is: one after the other, if there are several. */
  update(name: string, state: TransferState): void {
    if (name !== this.#name || state.phase !== this.#state?.phase) this.#meter = new RateMeter();
    this.#name = name;
    this.#state = state;
    this.#meter.update(movedBytes(state), this.#now());
  }

  /** A line of less than `columns`, free of control characters. */
  lineIn(columns: number): string {
    const details = this.#state ? detailsOf(this.#state, this.rate) : [];
    return fitLine(this.label, details, columns);
  }
}
