/**
 * The commands in a text for a POSIX shell, as far as a documentation shows such: pipes, lists, quotes,
 * redirections, substitutions. Nothing is run.
 *
 * @module
 */

const BLANK = /[ \t]/;
const ENDS_COMMAND = /[\n;&|()]/;
/** What begins a command and is none. */
const KEYWORDS = ["if", "then", "elif", "else", "while", "until", "do", "!", "{", "}", "time"];

/** The words of each command in `text`, without quotes, comments and redirections. */
export function commandsIn(text: string): string[][] {
  return new ShellText(text).commands();
}

class ShellText {
  readonly #commands: string[][] = [];
  #words: string[] = [];
  #at = 0;

  constructor(private readonly text: string) {}

  commands(): string[][] {
    while (this.#at < this.text.length) this.#step();
    this.#end();
    return this.#commands;
  }

  #step(): void {
    const next = this.text[this.#at]!;
    if (this.#takes(/\\\n|[ \t]+|#.*/y)) return;
    if (ENDS_COMMAND.test(next)) {
      this.#at++;
      return this.#end();
    }
    if (this.#takes(/\d*(?:>>?|<)&?/y)) return this.#skipTarget();
    this.#words.push(this.#word());
  }

  #skipTarget(): void {
    this.#takes(/[ \t]+/y);
    this.#word();
  }

  #end(): void {
    while (KEYWORDS.includes(this.#words[0] ?? "")) this.#words.shift();
    if (this.#words.length > 0) this.#commands.push(this.#words);
    this.#words = [];
  }

  /** The word that begins here, with what substitutions would write left out. */
  #word(): string {
    let word = "";
    while (this.#at < this.text.length) {
      const next = this.text[this.#at]!;
      if (BLANK.test(next) || ENDS_COMMAND.test(next) || /[<>]/.test(next)) break;
      word += this.#part(next);
    }
    return word;
  }

  #part(next: string): string {
    const quoted = this.#takes(/'([^']*)'/y);
    if (quoted) return quoted[1]!;
    if (next === '"') return this.#doubleQuoted();
    const escaped = this.#takes(/\\(.)/y);
    if (escaped) return escaped[1]!;
    if (this.text.startsWith("$(", this.#at)) return this.#substitution();
    this.#at++;
    return next;
  }

  #doubleQuoted(): string {
    let text = "";
    this.#at++;
    while (this.#at < this.text.length && this.text[this.#at] !== '"') {
      const escaped = this.#takes(/\\(["\\$`])/y);
      if (escaped) text += escaped[1];
      else if (this.text.startsWith("$(", this.#at)) text += this.#substitution();
      else text += this.text[this.#at++];
    }
    this.#at++;
    return text;
  }

  /** Reads `$(…)`, whose commands are commands too. */
  #substitution(): string {
    const from = this.#at + 2;
    let depth = 1;
    for (this.#at = from; depth > 0 && this.#at < this.text.length; this.#at++) {
      if (this.text[this.#at] === "(") depth++;
      if (this.text[this.#at] === ")") depth--;
    }
    this.#commands.push(...commandsIn(this.text.slice(from, this.#at - 1)));
    return "";
  }

  #takes(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text);
    if (found) this.#at += found[0].length;
    return found;
  }
}
