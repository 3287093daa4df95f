/**
 * Lines that a person types, or that a script pipes in.
 *
 * @module
 */

import { BitTrickleError } from "../errors.ts";
import { onSignal } from "./interrupt.ts";
import { endsLine, Keyboard, type WatchedKeys } from "./keyboard.ts";
import { END, LineEditor, type LineEditorOptions } from "./line_editor.ts";
import { LiveArea } from "./live_area.ts";
import { openScreen } from "./screen.ts";
import { toStderr } from "./write.ts";

/** Longest line of a script, in UTF-16 units: what has no line feeds is no script. */
const LINE_LENGTH = 65_536;

/** How a line is asked for. */
export interface AskOptions {
  /** Whether a terminal shows nothing of what is typed. @default {false} */
  readonly hidden?: boolean;
  /** Whether Up finds the line later on. @default {true} */
  readonly remembered?: boolean;
  /** Takes the question back. @default nothing does */
  readonly signal?: AbortSignal | undefined;
}

/** How a {@linkcode Terminal} is set up. */
export interface TerminalOptions extends LineEditorOptions {
  /** Whether a script sees no prompts: nobody answers them. @default {false} */
  readonly isQuiet?: boolean;
  /** Where lines are shown. @default the screen, if there is one */
  readonly area?: LiveArea;
}

/**
 * Standard input by the line. On a terminal with history, completion and hidden passwords; from a
 * pipe the same lines without any of it. Prompts go to standard error. Nothing is read before the
 * first question, so that a program that asks none leaves its input to others, and what is typed
 * between questions is seen in the next one.
 */
export class Terminal implements Disposable {
  /** What stands at the bottom of the screen. */
  readonly area: LiveArea;
  readonly #options: TerminalOptions;
  readonly #keyboard = new Keyboard();
  readonly #listening = new DisposableStack();
  #isListening = false;
  #editor: LineEditor | undefined;
  #linesRead = 0;
  #hasEnded = false;

  constructor(options: TerminalOptions) {
    this.area = options.area ?? new LiveArea(openScreen());
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

  /** Whether no further line will come. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /**
   * Asks for a line. Returns `undefined` at the end of input, for Ctrl-D, and where the question is taken
   * back.
   *
   * @throws {BitTrickleError} `usage` for a line of a script that does not end
   */
  async ask(prompt: string, options: AskOptions = {}): Promise<string | undefined> {
    if (this.#hasEnded) return undefined;
    this.#listen();
    const isEdited = this.isInteractive && (this.area.hasScreen || options.hidden);
    const cancel = () => this.#keyboard.cancel();
    options.signal?.addEventListener("abort", cancel);
    const asking = isEdited ? this.#askEdited(prompt, options) : this.#askPlain(prompt, options);
    const line = await asking.finally(() => options.signal?.removeEventListener("abort", cancel));
    if (line !== undefined) this.#linesRead++;
    return line;
  }

  /** Shows `text` above the line that is being typed, which stays as it is. */
  notice(text: string): void {
    this.area.above(() => toStderr(`${text}\n`));
  }

  /** Begins the line that is being typed anew. Returns false if nothing was typed. */
  abandonLine(): boolean {
    return this.#editor?.abandon() ?? false;
  }

  /**
   * Hears of Ctrl-C and Ctrl-Z, until disposed of, while no line is asked for. What else is typed
   * waits for the next question. Where lines are not edited here, both stay signals.
   */
  watch(keys: WatchedKeys): Disposable {
    const isEdited = this.isInteractive && this.area.hasScreen && !this.#hasEnded;
    return isEdited ? this.#keyboard.watch(keys) : new DisposableStack();
  }

  /** Ends the input: what waits for a line gets none. */
  close(): void {
    this.#hasEnded = true;
    this.#listening.dispose();
    this.#editor?.[Symbol.dispose]();
    this.area[Symbol.dispose]();
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
    this.#listening.use(onSignal("SIGWINCH", () => this.area.resize()));
  }

  /** Goes on after Ctrl-Z: a shell has had the terminal meanwhile, with settings of its own. */
  #resume(): void {
    this.#keyboard.restore();
    this.area.resume();
  }

  async #askEdited(
    prompt: string,
    { hidden = false, remembered = true, signal }: AskOptions,
  ): Promise<string | undefined> {
    this.#editor ??= new LineEditor(this.area, this.#options);
    this.#keyboard.setRaw(true);
    this.#editor.begin({ prompt, isHidden: hidden, isRemembered: remembered });
    const line = await this.#edit(this.#editor, signal);
    if (this.area.hasScreen) this.#keyboard.rest();
    else this.#keyboard.setRaw(false);
    return line;
  }

  async #edit(editor: LineEditor, signal?: AbortSignal): Promise<string | undefined> {
    while (!this.#hasEnded) {
      const keys = signal?.aborted ? undefined : await this.#keyboard.read();
      if (signal?.aborted && !this.#hasEnded) return void editor[Symbol.dispose]();
      if (!keys || this.#hasEnded) break;
      const line = await editor.press(keys);
      if (line === END) return undefined;
      if (line !== undefined) return line;
    }
    this.close();
  }

  /** Asks for a line that comes from a pipe, or that the terminal edits by itself. */
  async #askPlain(prompt: string, { signal }: AskOptions): Promise<string | undefined> {
    if (this.isInteractive) this.area.showLine({ prompt, text: "", cursor: 0 });
    else if (!this.#options.isQuiet) toStderr(prompt);
    const line = await this.#readPlain(signal);
    if (line !== undefined) this.area.forgetLine();
    else if (signal?.aborted && !this.#hasEnded) this.area.endLine();
    else this.close();
    return line;
  }

  async #readPlain(signal: AbortSignal | undefined): Promise<string | undefined> {
    const decoder = new TextDecoder();
    let line = "";
    for (;;) {
      const bytes = signal?.aborted ? undefined : await this.#keyboard.read();
      if (signal?.aborted) return undefined;
      if (!bytes) return line === "" || this.#hasEnded ? undefined : line;
      const isWhole = endsLine(bytes.at(-1));
      line += decoder.decode(isWhole ? bytes.subarray(0, -1) : bytes, { stream: !isWhole });
      if (line.length > LINE_LENGTH) throw tooLong(this.#linesRead + 1);
      if (isWhole) return line;
    }
  }
}

function tooLong(line: number): BitTrickleError {
  const reason = `line ${line} of it is longer than ${LINE_LENGTH} characters`;
  return new BitTrickleError("usage", `Cannot read the input: ${reason}`);
}
