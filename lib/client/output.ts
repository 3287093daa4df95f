/**
 * What the client prints: lines for people, or one JSON object a line for programs.
 *
 * @module
 */

import { BitTrickleError, messageOf, reasonOf } from "../errors.ts";
import { escapeText, toJsonLine } from "../protocol/escape.ts";
import { exitCodeFor, exitCodeOf } from "../cli/exit_code.ts";
import type { Outcome } from "./outcome.ts";
import type { Sink } from "../cli/write.ts";

/** The version of the JSON objects, counted up when a field changes its meaning. */
const SCHEMA_VERSION = 1;

/** Where an {@linkcode Output} prints. */
export interface OutputOptions {
  /** Whether to print JSON objects, all of them to `stdout`. */
  readonly json: boolean;
  /** Whether nothing but results and errors is printed. @default {false} */
  readonly quiet?: boolean;
  /** How wide the terminal is that shows results. @default there is none */
  readonly columns?: () => number | undefined;
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** The time in milliseconds since 1970. @default {Date.now} */
  readonly now?: () => number;
  /** The number of the job whose output it is. @default none */
  readonly job?: number;
  /** Whether so much waits for a slow reader that only results and errors are added. @default never */
  readonly isFull?: () => boolean;
}

/** What has happened to standard output, which all that print there share. */
class OutputState {
  readonly readerGone = new AbortController();
  /** Why it could not be written. */
  fault: BitTrickleError | undefined;
  /** How many objects about what has just happened were left out, as nobody read. */
  leftOut = 0;
}

/** Fields of a JSON object. `docs/json.schema.json` says which there are. */
type Fields = Readonly<Record<string, unknown>>;

/**
 * Prints results to standard output and everything else to standard error. Here texts are made
 * harmless for a terminal: whoever hands one over hands it over as it is, by the line.
 *
 * It throws nothing: when standard output cannot be written, that is said on standard error once, and
 * is what the exit codes stand for from then on. When nobody reads it any more, all else is left
 * unsaid.
 */
export class Output {
  readonly #options: OutputOptions;
  readonly #state: OutputState;

  constructor(options: OutputOptions, state = new OutputState()) {
    this.#options = options;
    this.#state = state;
  }

  /** The same for a job in the background: every line, and every object, says which one. */
  forJob(job: number): Output {
    return new Output({ ...this.#options, job }, this.#state);
  }

  /** Whether it prints JSON objects. */
  get json(): boolean {
    return this.#options.json;
  }

  /** How wide the terminal is that shows results, if one does. */
  get columns(): number | undefined {
    return this.json ? undefined : this.#options.columns?.();
  }

  /** Whether it prints nothing but results and errors. */
  get isQuiet(): boolean {
    return this.#options.quiet ?? false;
  }

  /** Fires when nobody reads standard output any more. */
  get readerGone(): AbortSignal {
    return this.#state.readerGone.signal;
  }

  /** Prints what came of the command `verb`. Returns the exit code that stands for it. */
  outcome(verb: string, { lines, fields, failure, advice, isAside = false }: Outcome): number {
    const message = lines.join("\n");
    if (failure) this.event("error", { verb, code: failure, message, ...fields });
    else this.event("result", { verb, ...fields });
    if (isAside) { for (const line of lines) this.note(line); }
    else this.say(...lines);
    if (advice !== undefined) this.note(advice);
    return this.exitCode(failure ? exitCodeFor(failure) : 0);
  }

  /** Prints whatever was thrown. Returns the exit code that stands for it. */
  error(error: unknown, verb?: string): number {
    const { code } = failureOf(error);
    const message = messageOf(error);
    const isTold = this.event("error", { ...verb === undefined ? {} : { verb }, code, message });
    if (!this.json || !isTold && message !== this.#state.fault?.message) this.#toStderr(message);
    return this.exitCode(exitCodeOf(error));
  }

  /** Prints lines of the conversation, at once. */
  say(...lines: readonly string[]): void {
    if (!this.json) this.#print(lines.map((line) => this.#lineOf(line)).join(""));
  }

  /** Prints a line that is no result. */
  note(line: string): void {
    if (!this.json && !this.isQuiet) this.#toStderr(line);
  }

  /** Tells people and programs what they may want to know meanwhile. */
  remark(message: string): void {
    if (!this.isQuiet) this.happened("note", { message });
    this.note(message);
  }

  /** Prints an object for programs about something that has just happened. */
  happened(type: string, fields: Fields): void {
    if (!this.json) return;
    if (this.#options.isFull?.()) this.#state.leftOut++;
    else {
      this.#tellLeftOut();
      this.#happenedNow(type, fields);
    }
  }

  /** Prints an object for programs. Returns whether it is written, if there is any to write. */
  event(type: string, fields: Fields): boolean {
    const { json, job } = this.#options;
    const from = job === undefined ? {} : { job };
    const object = { v: SCHEMA_VERSION, type, ...from, ...fields };
    return !json || this.#print(`${toJsonLine(object)}\n`);
  }

  /** The exit code of a program that would end with `code`, once all is written. */
  exitCode(code: number): number {
    return this.#state.fault ? exitCodeOf(this.#state.fault) : code;
  }

  #happenedNow(type: string, fields: Fields): void {
    const now = this.#options.now?.() ?? Date.now();
    this.event(type, { time: new Date(now).toISOString(), ...fields });
  }

  #tellLeftOut(): void {
    const { leftOut } = this.#state;
    if (leftOut === 0) return;
    this.#state.leftOut = 0;
    const message = `${leftOut} lines about what happened were left out, as nobody read the output`;
    this.#happenedNow("note", { message });
  }

  #print(text: string): boolean {
    if (this.#state.readerGone.signal.aborted) return false;
    try {
      const printing = text === "" ? undefined : this.#options.stdout(text);
      printing?.catch((error) => this.#takeFault(error));
      return true;
    } catch (error) {
      this.#takeFault(error);
      return false;
    }
  }

  #takeFault(error: unknown): void {
    const isFirst = this.#state.fault === undefined;
    const fault = error instanceof BitTrickleError
      ? error
      : new BitTrickleError("disk", reasonOf(error), { cause: error });
    this.#state.fault ??= fault;
    if (fault.code === "reader_gone") this.#state.readerGone.abort();
    else if (isFirst) this.#toStderr(fault.message);
  }

  #toStderr(line: string): void {
    if (!this.#state.readerGone.signal.aborted) this.#options.stderr(this.#lineOf(line));
  }

  #lineOf(line: string): string {
    const { job } = this.#options;
    return `${job === undefined ? "" : `[${job}] `}${escapeText(line)}\n`;
  }
}

/** What programs are told of whatever was thrown. */
export function failureOf(error: unknown): { readonly code: string; readonly message: string } {
  const code = error instanceof BitTrickleError ? error.code : "unexpected";
  return { code, message: reasonOf(error) };
}
