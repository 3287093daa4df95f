/**
 * Lines that a person types, or that a script pipes in.
 *
 * @module
 */

import { onSignal } from "./interrupt.ts";
import { endsLine, Keyboard } from "./keyboard.ts";
import { LineEditor, type LineEditorOptions } from "./line_editor.ts";
import { ERASE, openScreen, type Screen } from "./screen.ts";
import { toStderr } from "./write.ts";

/** How a line is asked for. */
export interface AskOptions {
  /** Whether a terminal shows nothing of what is typed. @default {false} */
  readonly hidden?: boolean;
  /** Whether Up finds the line later on. @default {true} */
  readonly remembered?: boolean;
}

/** How a {@linkcode Terminal} is set up. */
export interface TerminalOptions extends LineEditorOptions {
  /** Whether a script sees no prompts: nobody answers them. @default {false} */
  readonly isQuiet?: boolean;
}

/**
 * Standard input by the line. On a terminal with history, completion and hidden passwords; from a
 * pipe the same lines without any of it. Prompts go to standard error. Nothing is read before the
 * first question and between questions, so that a program that asks none leaves its input to others,
 * and what is typed meanwhile is seen in the next question.
 */
export class Terminal implements Disposable {
  /** Where progress can be drawn, if anywhere. */
  readonly screen: Screen | undefined = openScreen();
  readonly #options: TerminalOptions;
  readonly #keyboard = new Keyboard();
  readonly #listening = new DisposableStack();
  #isListening = false;
  #editor: LineEditor | undefined;
  /** The prompt of a line that the terminal edits by itself, while it is asked for. */
  #plainPrompt: string | undefined;
  #linesRead = 0;
  #hasEnded = false;

  constructor(options: TerminalOptions) {
    this.#options = options;
  }

  /** Whether a person types, and not a script. */
  get isInteractive(): boolean {
    return this.#keyboard.isTerminal;
  }

  /** The number of the line of input that was taken last. */
  get linesRead(): number {
    return this.#linesRead;
  }

  /** Asks for a line. Returns `undefined` at the end of input. */
  async ask(prompt: string, options: AskOptions = {}): Promise<string | undefined> {
    if (this.#hasEnded) return undefined;
    this.#listen();
    const isEdited = this.isInteractive && (this.screen !== undefined || options.hidden);
    const line = await (isEdited ? this.#askEdited(prompt, options) : this.#askPlain(prompt));
    if (line !== undefined) this.#linesRead++;
    return line;
  }

  /** Shows `text` above the line that is being typed, which stays as it is. */
  notice(text: string): void {
    if (this.#editor?.isAsking) this.#editor.notice(text);
    else if (this.#plainPrompt === undefined) toStderr(`${this.screen ? ERASE : ""}${text}\n`);
    else toStderr(`\n${text}\n${this.#plainPrompt}`);
  }

  /** Ends the input: what waits for a line gets none. */
  close(): void {
    this.#hasEnded = true;
    if (this.#plainPrompt !== undefined) toStderr("\n");
    this.#plainPrompt = undefined;
    this.#listening.dispose();
    this.#editor?.[Symbol.dispose]();
    this.#keyboard[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Hears of what happens to the terminal, from the first question on. */
  #listen(): void {
    if (this.#isListening || !this.#keyboard.isTerminal || Deno.build.os === "windows") return;
    this.#isListening = true;
    this.#listening.use(onSignal("SIGCONT", () => this.#resume()));
    this.#listening.use(onSignal("SIGWINCH", () => this.#editor?.resize()));
  }

  /** Goes on after Ctrl-Z: a shell has had the terminal meanwhile, with settings of its own. */
  #resume(): void {
    this.#keyboard.restore();
    this.#editor?.resume();
    if (this.#plainPrompt !== undefined) toStderr(this.#plainPrompt);
  }

  async #askEdited(
    prompt: string,
    { hidden = false, remembered = true }: AskOptions,
  ): Promise<string | undefined> {
    this.#editor ??= new LineEditor(this.screen, this.#options);
    this.#keyboard.setRaw(true);
    this.#editor.begin({ prompt, isHidden: hidden, isRemembered: remembered });
    const line = await this.#edit(this.#editor);
    if (this.screen) this.#keyboard.rest();
    else this.#keyboard.setRaw(false);
    return line;
  }

  async #edit(editor: LineEditor): Promise<string | undefined> {
    while (!this.#hasEnded && !editor.hasEnded) {
      const keys = await this.#keyboard.read();
      if (!keys) break;
      const line = editor.press(keys);
      if (line !== undefined) return line;
    }
    this.close();
  }

  /** Asks for a line that comes from a pipe, or that the terminal edits by itself. */
  async #askPlain(prompt: string): Promise<string | undefined> {
    if (this.isInteractive || !this.#options.isQuiet) toStderr(prompt);
    if (this.isInteractive) this.#plainPrompt = prompt;
    const line = await this.#readPlain();
    if (line === undefined) this.close();
    this.#plainPrompt = undefined;
    return line;
  }

  async #readPlain(): Promise<string | undefined> {
    const decoder = new TextDecoder();
    let line = "";
    for (;;) {
      const bytes = await this.#keyboard.read();
      if (!bytes) return line === "" || this.#hasEnded ? undefined : line;
      const isWhole = endsLine(bytes.at(-1));
      line += decoder.decode(isWhole ? bytes.subarray(0, -1) : bytes, { stream: !isWhole });
      if (isWhole) return line;
    }
  }
}
