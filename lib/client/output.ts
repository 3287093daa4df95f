/**
 * What the client prints: lines for people, or one JSON object a line for programs.
 *
 * @module
 */

import { BitTrickleError, messageOf } from "../errors.ts";
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
  readonly stdout: Sink;
  readonly stderr: Sink;
}

/**
 * Prints results to standard output and everything else to standard error. Here texts are made
 * harmless for a terminal: whoever hands one over hands it over as it is, by the line.
 */
export class Output {
  readonly #json: boolean;
  readonly #stdout: Sink;
  readonly #stderr: Sink;

  constructor({ json, stdout, stderr }: OutputOptions) {
    this.#json = json;
    this.#stdout = stdout;
    this.#stderr = stderr;
  }

  /** Whether it prints JSON objects. */
  get json(): boolean {
    return this.#json;
  }

  /** Prints what came of the command `verb`. Returns the exit code that stands for it. */
  outcome(verb: string, { lines, fields, failure, isAside = false }: Outcome): number {
    const message = lines.join("\n");
    if (failure) this.event("error", { verb, code: failure, message, ...fields });
    else this.event("result", { verb, ...fields });
    for (const line of lines) isAside ? this.note(line) : this.say(line);
    return failure ? exitCodeFor(failure) : 0;
  }

  /** Prints whatever was thrown. Returns the exit code that stands for it. */
  error(error: unknown, verb?: string): number {
    const code = error instanceof BitTrickleError ? error.code : "unexpected";
    const message = messageOf(error);
    try {
      this.event("error", { ...verb === undefined ? {} : { verb }, code, message });
      this.note(message);
    } catch {
      this.#stderr(`${escapeText(message)}\n`); // Standard output is what failed.
    }
    return exitCodeOf(error);
  }

  /** Prints a line of the conversation. */
  say(line: string): void {
    if (!this.#json) this.#stdout(`${escapeText(line)}\n`);
  }

  /** Prints a line that is no result. */
  note(line: string): void {
    if (!this.#json) this.#stderr(`${escapeText(line)}\n`);
  }

  /** Prints an object for programs. */
  event(type: string, fields: Readonly<Record<string, unknown>>): void {
    if (this.#json) this.#stdout(`${toJsonLine({ v: SCHEMA_VERSION, type, ...fields })}\n`);
  }
}
