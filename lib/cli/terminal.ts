/**
 * Lines that a person types, or that a script pipes in.
 *
 * @module
 */

import process from "node:process";
import readline from "node:readline";
import { Writable } from "node:stream";
import { toStderr } from "./write.ts";

/** Lines of history that Up and Down reach. */
const HISTORY_LINES = 500;

/** How a {@linkcode Terminal} is set up. */
export interface TerminalOptions {
  /** Hears Ctrl-C, which a terminal in line editing does not turn into a signal. */
  readonly onInterrupt: () => void;
  /** What Tab offers for the line typed so far. */
  readonly complete?: (line: string) => string[];
}

/** How a line is asked for. */
export interface AskOptions {
  /** Whether a terminal shows nothing of what is typed. @default {false} */
  readonly hidden?: boolean;
  /** Whether Up finds the line later on. @default {true} */
  readonly remembered?: boolean;
}

/**
 * Standard input by the line. On a terminal with history, completion and hidden passwords; from a
 * pipe the same lines without any of it. Prompts go to standard error. Nothing is read before the
 * first question, so that a program that asks none leaves its input to others.
 */
export class Terminal implements Disposable {
  readonly #options: TerminalOptions;
  readonly #isInteractive = Deno.stdin.isTerminal();
  #linesRead = 0;
  readonly #typedAhead: string[] = [];
  #readline: readline.Interface | undefined;
  #waiting: ((line: string | undefined) => void) | undefined;
  /** What is typed while nothing is asked is shown when it is: it would tear progress apart. */
  #isAsking = false;
  #isHidden = false;
  #hasEnded = false;

  constructor(options: TerminalOptions) {
    this.#options = options;
  }

  /** Whether a person types, and not a script. */
  get isInteractive(): boolean {
    return this.#isInteractive;
  }

  /** The number of the line of input that was taken last. */
  get linesRead(): number {
    return this.#linesRead;
  }

  /** Asks for a line. Returns `undefined` at the end of input. */
  async ask(prompt: string, options: AskOptions = {}): Promise<string | undefined> {
    const { hidden = false, remembered = true } = options;
    if (this.#hasEnded && this.#typedAhead.length === 0) return undefined;
    this.#readline ??= this.#open();
    this.#isAsking = true;
    this.#prompt(this.#readline, prompt, hidden && this.#isInteractive);
    const line = this.#replay() ?? await this.#nextLine();
    if (this.#isHidden) toStderr("\n");
    this.#isHidden = false;
    this.#isAsking = false;
    if (line !== undefined) this.#linesRead++;
    if (!remembered) forget(this.#readline, line);
    return line;
  }

  /** Shows `text` above the line that is being typed, which stays as it is. */
  notice(text: string): void {
    const isTyping = this.#isInteractive && this.#isAsking && !this.#isHidden;
    toStderr(isTyping ? `\r\x1b[K${text}\n` : `${text}\n`);
    if (isTyping) this.#readline?.prompt(true);
  }

  /** Ends the input: what waits for a line gets none. */
  close(): void {
    if (this.#waiting && this.#isInteractive) toStderr("\n");
    this.#readline?.close();
    this.#end();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #open(): readline.Interface {
    const { onInterrupt, complete = () => [] } = this.#options;
    const lines = readline.createInterface({
      input: process.stdin,
      output: this.#output(),
      terminal: this.#isInteractive,
      historySize: HISTORY_LINES,
      removeHistoryDuplicates: true,
      completer: (line: string) => [complete(line), line],
    });
    lines.on("SIGINT", onInterrupt);
    lines.on("SIGCONT", () => lines.resume()); // After Ctrl-Z and fg it would stay deaf.
    lines.on("line", (line) => this.#take(line));
    lines.on("close", () => this.#end());
    lines.on("error", (error: unknown) => isUnreadable(error) || this.#end());
    return lines;
  }

  /** A line that was typed before it was asked for, shown now where it belongs. */
  #replay(): string | undefined {
    const line = this.#typedAhead.shift();
    if (line !== undefined && this.#isInteractive && !this.#isHidden) toStderr(`${line}\n`);
    return line;
  }

  #nextLine(): Promise<string | undefined> {
    return new Promise((resolve) => this.#waiting = resolve);
  }

  #take(line: string): void {
    if (!this.#waiting) this.#typedAhead.push(line);
    this.#waiting?.(line);
    this.#waiting = undefined;
  }

  #end(): void {
    this.#hasEnded = true;
    this.#waiting?.(undefined);
    this.#waiting = undefined;
  }

  #prompt(lines: readline.Interface, prompt: string, hidden: boolean): void {
    lines.setPrompt(hidden ? "" : prompt);
    if (hidden || !this.#isInteractive) toStderr(prompt);
    else lines.prompt();
    this.#isHidden = hidden;
  }

  #output(): Writable {
    const write = (chunk: Uint8Array, _: unknown, done: () => void) => {
      if (this.#isAsking && !this.#isHidden) toStderr(new TextDecoder().decode(chunk));
      done();
    };
    return Object.assign(new Writable({ write }), { columns: process.stderr.columns });
  }
}

/**
 * Whether there is no input at all: `nohup` puts that in the place of a terminal. It does not end,
 * for then a client under `nohup` would end as soon as it serves.
 */
function isUnreadable(error: unknown): boolean {
  return (error as { code?: string }).code === "EBADF";
}

/** Takes `line` out of the history, whose newest line comes first and which the types leave out. */
function forget(lines: readline.Interface, line: string | undefined): void {
  const { history } = lines as unknown as { history?: string[] };
  if (history?.[0] === line) history?.shift();
}
