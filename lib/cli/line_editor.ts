/**
 * Editing a line on a terminal, with history and completion, by `node:readline`.
 *
 * @module
 */

import { EventEmitter } from "node:events";
import readline from "node:readline";
import { Writable } from "node:stream";
import { encodeUtf8 } from "../protocol/utf8.ts";
import { ERASE, type Screen } from "./screen.ts";
import { toStderr } from "./write.ts";

/** Lines of history that Up and Down reach. */
const HISTORY_LINES = 500;

/** Characters after Esc that may belong to the same key: more than the longest sequence has. */
const KEY_CHARACTERS = 16;
/** Text, or a control character. A Tab completes the line if it is the last that came. */
const TEXT_OR_KEY = /((?:\P{Cc}|\t(?!$))+)|\p{Cc}/gu;
const ESCAPE = "\x1b";

/** How a {@linkcode LineEditor} is set up. */
export interface LineEditorOptions {
  /** Hears a Ctrl-C that reaches the editor as a key, as it does on Windows. */
  readonly onInterrupt: () => void;
  /** What Tab offers for the line typed so far. */
  readonly complete?: (line: string) => string[];
}

/** A line that is asked for. */
interface Question {
  readonly prompt: string;
  readonly isHidden: boolean;
  readonly isRemembered: boolean;
}

/** What the types of readline leave out. */
interface Internals {
  /** How many rows the cursor is below the prompt, as far as readline knows. */
  prevRows: number;
}

/** Edits one line at a time. It is handed its keys, and reads nothing by itself. */
export class LineEditor implements Disposable {
  readonly #screen: Screen | undefined;
  readonly #keys = new EventEmitter();
  readonly #lines: readline.Interface & Internals;
  readonly #decoder = new TextDecoder();
  /** How many of the characters to come may belong to a key that began with Esc. */
  #keyCharacters = 0;
  #question: Question | undefined;
  #line: string | undefined;
  #hasEnded = false;

  /** @param screen Where the line is shown. Without one, only prompts are. */
  constructor(screen: Screen | undefined, options: LineEditorOptions) {
    this.#screen = screen;
    this.#lines = this.#open(options);
  }

  /** Whether a line is being edited. */
  get isAsking(): boolean {
    return this.#question !== undefined;
  }

  /** Whether Ctrl-D was pressed in place of a line. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Begins a line. */
  begin(question: Question): void {
    this.#question = question;
    this.#lines.setPrompt(question.isHidden ? "" : question.prompt);
    this.#show();
  }

  /** Takes keys, among which no more than the last one ends the line. Returns the line then. */
  press(keys: Uint8Array): string | undefined {
    this.#line = undefined;
    const text = this.#decoder.decode(keys, { stream: true });
    for (const [part, asText] of text.matchAll(TEXT_OR_KEY)) this.#take(part, asText === part);
    return this.#line;
  }

  /** Shows `text` above the line that is being edited, which stays as it is. */
  notice(text: string): void {
    const up = this.#isEditing ? upBy(this.#lines.getCursorPos().rows) : "";
    toStderr(this.#screen ? `${up}${ERASE}${text}\n` : `\n${text}\n`);
    this.#show();
  }

  /** Shows the line again, below what somebody else has written meanwhile. */
  resume(): void {
    this.#show();
  }

  /** Shows the line in the new width of the terminal, which has kept the cursor at its character. */
  resize(): void {
    if (!this.#isEditing) return;
    this.#trackRow();
    this.#lines.prompt(true);
  }

  /** Leaves the line, if there is one, as it is. */
  [Symbol.dispose](): void {
    if (this.#isEditing && !this.#hasEnded) this.#lines.write(null, { ctrl: true, name: "e" });
    if (this.#question) toStderr("\n");
    this.#question = undefined;
    this.#lines.close();
  }

  /** Whether what is typed is seen. */
  get #isEditing(): boolean {
    return this.#screen !== undefined && this.#question?.isHidden === false;
  }

  #open({ onInterrupt, complete = () => [] }: LineEditorOptions): readline.Interface & Internals {
    const lines = readline.createInterface({
      input: Object.assign(this.#keys, NO_STREAM) as unknown as NodeJS.ReadableStream,
      output: this.#output(),
      terminal: true,
      historySize: HISTORY_LINES,
      removeHistoryDuplicates: true,
      completer: (line: string) => [complete(line), line],
    });
    this.#keys.on("keypress", () => this.#trackRow());
    lines.on("SIGINT", onInterrupt);
    lines.on("history", (history) => {
      if (!this.#question?.isRemembered) history.shift();
    });
    lines.on("line", (line) => this.#end(line));
    lines.on("close", () => this.#hasEnded = true);
    return Object.assign(lines, { prevRows: 0 });
  }

  #take(part: string, isText: boolean): void {
    const count = isText ? this.#keyCharacters : 1;
    const keys = [...part.slice(0, 2 * count)].slice(0, count).join("");
    this.#keyCharacters = part === ESCAPE
      ? KEY_CHARACTERS
      : isText
      ? Math.max(0, count - keys.length)
      : 0;
    if (keys) this.#keys.emit("data", encodeUtf8(keys));
    if (keys.length < part.length) this.#insert(part.slice(keys.length));
  }

  /** Inserts at once what may be a long paste: each key takes as long as the line is. */
  #insert(text: string): void {
    if (this.#hasEnded) return;
    this.#lines.write(text);
    this.#trackRow();
  }

  #end(line: string): void {
    if (!this.#isEditing) toStderr("\n");
    this.#line = line;
    this.#question = undefined;
  }

  #show(): void {
    if (!this.#question) return;
    this.#lines.prevRows = 0;
    if (this.#isEditing) this.#lines.prompt(true);
    else toStderr(this.#question.prompt);
  }

  /** Readline loses count when a wide character does not fit at the end of a row. */
  #trackRow(): void {
    this.#lines.prevRows = this.#lines.getCursorPos().rows;
  }

  #output(): Writable {
    const decoder = new TextDecoder();
    const write = (chunk: Uint8Array, _: unknown, done: () => void) => {
      if (this.#isEditing) toStderr(decoder.decode(chunk));
      done();
    };
    const columns = { get: () => this.#screen?.columns };
    return Object.defineProperty(new Writable({ write }), "columns", columns);
  }
}

/** What readline wants of its input beyond events. */
const NO_STREAM = { pause: () => {}, resume: () => {} };

function upBy(rows: number): string {
  return rows > 0 ? `\x1b[${rows}A` : "";
}
