/**
 * A line that is edited: its text, the cursor in it, and what was cut out last.
 *
 * @module
 */

/** Made when it is first needed: that takes as long as the start of a program. */
let graphemes: Intl.Segmenter | undefined;
/** Tried first: each character of it stands alone. */
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
/** A word, and what separates it from the cursor. */
const WORD_BEFORE = /[^\s/]+[\s/]*$|[\s/]+$/;
const WORD_AFTER = /^[\s/]*[^\s/]+|^[\s/]+/;
const SPACED_WORD_BEFORE = /\S+\s*$|\s+$/;

/** What people see as the characters of `text`. */
export function graphemesOf(text: string): string[] {
  if (PRINTABLE_ASCII.test(text)) return text.split("");
  graphemes ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return Array.from(graphemes.segment(text), ({ segment }) => segment);
}

/** A line in an editor. The cursor never stands inside of a character, as people see them. */
export class EditBuffer {
  #before = "";
  #after = "";
  #cut = "";

  get text(): string {
    return this.#before + this.#after;
  }

  /** How many UTF-16 units are before the cursor. */
  get cursor(): number {
    return this.#before.length;
  }

  /** The text before the cursor. */
  get before(): string {
    return this.#before;
  }

  /** Replaces the whole line. The cursor is then at its end, or where `cursor` says. */
  set(text: string, cursor: number = text.length): void {
    this.#before = text.slice(0, cursor);
    this.#after = text.slice(cursor);
  }

  insert(text: string): void {
    this.#before += text;
  }

  /** Replaces what is between `from` and the cursor. */
  replaceFrom(from: number, text: string): void {
    this.#before = this.#before.slice(0, from) + text;
  }

  left(): void {
    this.#moveTo(this.cursor - this.#lastLength());
  }

  right(): void {
    this.#moveTo(this.cursor + this.#nextLength());
  }

  home(): void {
    this.#moveTo(0);
  }

  end(): void {
    this.#moveTo(this.text.length);
  }

  wordLeft(): void {
    this.#moveTo(this.cursor - lengthOf(WORD_BEFORE, this.#before));
  }

  wordRight(): void {
    this.#moveTo(this.cursor + lengthOf(WORD_AFTER, this.#after));
  }

  backspace(): void {
    this.#before = this.#before.slice(0, this.cursor - this.#lastLength());
  }

  delete(): void {
    this.#after = this.#after.slice(this.#nextLength());
  }

  /** Cuts out all before the cursor. */
  killStart(): void {
    this.#killBefore(this.cursor);
  }

  /** Cuts out all after the cursor. */
  killEnd(): void {
    this.#killAfter(this.#after.length);
  }

  killWordLeft(): void {
    this.#killBefore(lengthOf(SPACED_WORD_BEFORE, this.#before));
  }

  killWordRight(): void {
    this.#killAfter(lengthOf(WORD_AFTER, this.#after));
  }

  /** Inserts what was cut out last. */
  yank(): void {
    this.insert(this.#cut);
  }

  #moveTo(cursor: number): void {
    this.set(this.text, cursor);
  }

  #killBefore(length: number): void {
    const start = this.cursor - length;
    this.#cut = this.#before.slice(start);
    this.#before = this.#before.slice(0, start);
  }

  #killAfter(length: number): void {
    this.#cut = this.#after.slice(0, length);
    this.#after = this.#after.slice(length);
  }

  #lastLength(): number {
    return graphemesOf(this.#before).at(-1)?.length ?? 0;
  }

  #nextLength(): number {
    return graphemesOf(this.#after)[0]?.length ?? 0;
  }
}

function lengthOf(pattern: RegExp, text: string): number {
  return pattern.exec(text)?.[0].length ?? 0;
}
