/**
 * Editing a line on a terminal, with history and completion.
 *
 * @module
 */

import { type Completer, type Completion, listChoices } from "./completion_list.ts";
import { EditBuffer } from "./edit_buffer.ts";
import { type Key, KeyDecoder, type KeyName } from "./keys.ts";
import { HistorySearch, HistoryWalk, LineHistory } from "./line_history.ts";
import type { LiveArea } from "./live_area.ts";

/** How a {@linkcode LineEditor} is set up. */
export interface LineEditorOptions {
  /** Hears a Ctrl-C that reaches the editor as a key, as it does on Windows. */
  readonly onInterrupt: () => void;
  /** What Tab offers for the line typed so far. */
  readonly complete?: Completer | undefined;
  /** What Up and Ctrl-R find. @default the lines of this editor */
  readonly history?: LineHistory;
}

/** A line that is asked for. */
export interface Question {
  readonly prompt: string;
  readonly isHidden: boolean;
  readonly isRemembered: boolean;
}

/** What Ctrl-D on an empty line is. */
export const END = Symbol("end of input");

/** The line that was ended, if one was. */
type Ended = string | typeof END | undefined;

/** Edits one line at a time. It is handed its keys, and reads nothing by itself. */
export class LineEditor implements Disposable {
  readonly #area: LiveArea;
  readonly #options: LineEditorOptions;
  readonly #history: LineHistory;
  readonly #decoder = new TextDecoder();
  readonly #keys = new KeyDecoder();
  readonly #buffer = new EditBuffer();
  #question: Question | undefined;
  #walk: HistoryWalk | undefined;
  #search: HistorySearch | undefined;
  #completing: AbortController | undefined;
  /** Resolves when the completion that is awaited is there, or will not come. */
  #completed: Promise<void> | undefined;

  constructor(area: LiveArea, options: LineEditorOptions) {
    this.#area = area;
    this.#options = options;
    this.#history = options.history ?? new LineHistory();
  }

  /** Begins a line. */
  begin(question: Question): void {
    this.#question = question;
    this.#reset();
    this.#show();
  }

  /**
   * Takes keys, among which no more than the last one ends the line. Returns the line then, or soon if a
   * completion is awaited.
   */
  press(keys: Uint8Array): Ended | Promise<Ended> {
    const text = this.#decoder.decode(keys, { stream: true });
    for (const key of this.#keys.decode(text)) {
      const ended = this.#take(key);
      if (ended !== undefined) return ended;
    }
    if (this.#question) this.#show();
  }

  /** Leaves the line as it is and begins it anew. Returns false if nothing was typed. */
  abandon(): boolean {
    if (!this.#question || this.#question.isHidden) return false;
    if (this.#buffer.text === "" && !this.#search) return false;
    this.#search = undefined;
    this.#show();
    this.#area.endLine("^C");
    this.#reset();
    this.#show();
    return true;
  }

  /** Leaves the line, if there is one, as it is. */
  [Symbol.dispose](): void {
    this.#stopCompleting();
    this.#question = undefined;
    this.#area.endLine();
  }

  #reset(): void {
    this.#stopCompleting();
    this.#walk = undefined;
    this.#search = undefined;
    this.#buffer.set("");
  }

  #take(key: Key): Ended | Promise<Ended> {
    const isEnter = "name" in key && key.name === "enter";
    if (isEnter && this.#completed) return this.#endCompleted(this.#completed);
    this.#stopCompleting();
    if (this.#search && this.#takeInSearch(this.#search, key)) return undefined;
    if ("text" in key) {
      this.#walk = undefined;
      return void this.#buffer.insert(key.text);
    }
    return this.#press(key.name);
  }

  #press(name: KeyName): Ended {
    if (name === "enter") return this.#end();
    if (name === "delete-or-end" && this.#buffer.text === "") return this.#endInput();
    if (name === "up" || name === "down") return this.#recall(name);
    this.#walk = undefined;
    if (name === "interrupt") this.#options.onInterrupt();
    else if (name === "clear-screen") this.#area.clearScreen();
    else if (name === "tab") this.#complete();
    else if (name === "search") this.#beginSearch();
    else EDITS[name]?.(this.#buffer);
  }

  /** Ends the line, which stays on the screen. */
  #end(): string {
    const { isRemembered, isHidden } = this.#question!;
    const line = this.#buffer.text;
    this.#show();
    this.#question = undefined;
    this.#area.endLine();
    if (isRemembered && !isHidden && isWorthKeeping(line)) this.#history.add(line);
    return line;
  }

  /** Half of a name may be another name. */
  async #endCompleted(completed: Promise<void>): Promise<Ended> {
    const { signal } = this.#completing!;
    await completed;
    return signal.aborted ? undefined : this.#end();
  }

  #endInput(): typeof END {
    this.#question = undefined;
    this.#area.endLine();
    return END;
  }

  #recall(name: "up" | "down"): undefined {
    if (!this.#question!.isRemembered) return;
    this.#walk ??= new HistoryWalk(this.#history.lines, this.#buffer.text);
    this.#buffer.set(name === "up" ? this.#walk.older() : this.#walk.newer());
  }

  #beginSearch(): void {
    if (this.#question!.isRemembered) this.#search = new HistorySearch(this.#history.lines);
  }

  /** Takes a key of the search. Returns whether that was all it means. */
  #takeInSearch(search: HistorySearch, key: Key): boolean {
    if ("text" in key) search.type(key.text);
    else if (key.name === "backspace") search.erase(1);
    else if (key.name === "search") search.next();
    else return this.#endSearch(search, key.name);
    return true;
  }

  /** Any other key takes over what was found, and does what it does. */
  #endSearch(search: HistorySearch, name: KeyName): boolean {
    this.#search = undefined;
    if (name === "cancel") return true;
    if (search.match !== undefined && !search.hasFailed) this.#buffer.set(search.match);
    return false;
  }

  #complete(): void {
    const { complete } = this.#options;
    if (!complete || !this.#question!.isRemembered) return;
    const completing = this.#completing = new AbortController();
    const completion = complete(this.#buffer.before, completing.signal);
    if (!(completion instanceof Promise)) return this.#apply(completion);
    const completed = this.#completed = completion.then((it) => {
      if (completing.signal.aborted) return;
      this.#apply(it);
      this.#show();
    }).catch(() => {}) // Who cannot be asked offers nothing.
      .finally(() => {
        if (this.#completed === completed) this.#completed = undefined;
      });
  }

  #stopCompleting(): void {
    this.#completing?.abort();
    this.#completed = undefined;
  }

  #apply({ from, text, choices }: Completion): void {
    this.#buffer.replaceFrom(from, text);
    if (choices.length === 0) return;
    this.#show();
    this.#area.aboveText((columns) => listChoices(choices, columns));
  }

  #show(): void {
    const { prompt, isHidden } = this.#question!;
    const search = this.#search;
    if (search) {
      const label = search.hasFailed ? "not found" : "search";
      const match = search.match ?? "";
      const found = `${search.query}) `;
      const cursor = found.length + Math.max(0, match.indexOf(search.query));
      this.#area.showLine({ prompt: `(${label}: `, text: found + match, cursor });
    } else if (isHidden) this.#area.showLine({ prompt, text: "", cursor: 0 });
    else this.#area.showLine({ prompt, text: this.#buffer.text, cursor: this.#buffer.cursor });
  }
}

const EDITS: Readonly<Partial<Record<KeyName, (buffer: EditBuffer) => void>>> = {
  "backspace": (buffer) => buffer.backspace(),
  "delete": (buffer) => buffer.delete(),
  "delete-or-end": (buffer) => buffer.delete(),
  "left": (buffer) => buffer.left(),
  "right": (buffer) => buffer.right(),
  "home": (buffer) => buffer.home(),
  "end": (buffer) => buffer.end(),
  "word-left": (buffer) => buffer.wordLeft(),
  "word-right": (buffer) => buffer.wordRight(),
  "kill-start": (buffer) => buffer.killStart(),
  "kill-end": (buffer) => buffer.killEnd(),
  "kill-word-left": (buffer) => buffer.killWordLeft(),
  "kill-word-right": (buffer) => buffer.killWordRight(),
  "yank": (buffer) => buffer.yank(),
};

/** An empty line is none, and what begins with a space is meant for this moment only. */
export function isWorthKeeping(line: string): boolean {
  return line.trim() !== "" && !line.startsWith(" ");
}
