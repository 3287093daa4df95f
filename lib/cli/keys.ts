/**
 * From what a terminal sends to keys and text.
 *
 * @module
 */

/** What a key does, by its name in most editors. */
export type KeyName =
  | "enter"
  | "tab"
  | "backspace"
  | "delete"
  | "left"
  | "right"
  | "up"
  | "down"
  | "home"
  | "end"
  | "word-left"
  | "word-right"
  | "kill-end"
  | "kill-start"
  | "kill-word-left"
  | "kill-word-right"
  | "yank"
  | "search"
  | "cancel"
  | "clear-screen"
  | "interrupt"
  | "delete-or-end"
  | "unknown";

/** A key, or text that is typed or pasted. */
export type Key = { readonly name: KeyName } | { readonly text: string };

const ESCAPE = "\x1b";
/** Longer than any sequence that a key sends: what follows such a one is text again. */
const SEQUENCE_CHARACTERS = 16;

/** Text, or a control character. A Tab completes the line if it is the last that came. */
const TEXT_OR_CONTROL = /((?:\P{Cc}|\t(?!$))+)|\p{Cc}/gu;

const CONTROLS: Readonly<Record<string, KeyName>> = {
  "\x01": "home",
  "\x02": "left",
  "\x03": "interrupt",
  "\x04": "delete-or-end",
  "\x05": "end",
  "\x06": "right",
  "\x07": "cancel",
  "\b": "backspace",
  "\t": "tab",
  "\n": "enter",
  "\x0b": "kill-end",
  "\x0c": "clear-screen",
  "\r": "enter",
  "\x0e": "down",
  "\x10": "up",
  "\x12": "search",
  "\x15": "kill-start",
  "\x17": "kill-word-left",
  "\x19": "yank",
  "\x7f": "backspace",
};

/** What follows Esc: for most keys `[` or `O`, numbers that may tell of Ctrl and Alt, and a letter. */
const SEQUENCES: readonly (readonly [pattern: RegExp, name: KeyName])[] = [
  [/^\[1;[2-9][0-9]?D$|^b$/, "word-left"],
  [/^\[1;[2-9][0-9]?C$|^f$/, "word-right"],
  [/^[[O]D$/, "left"],
  [/^[[O]C$/, "right"],
  [/^[[O]A$/, "up"],
  [/^[[O]B$/, "down"],
  [/^[[O]H$|^\[[17]~$/, "home"],
  [/^[[O]F$|^\[[48]~$/, "end"],
  [/^\[3~$/, "delete"],
  [/^d$/, "kill-word-right"],
  [/^[\x7f\b]$/, "kill-word-left"],
];

/** Decodes keys, whose characters may come one by one. */
export class KeyDecoder {
  /** What has come of a sequence that began with Esc. */
  #sequence: string | undefined;

  /** The keys and texts in `text`, which goes on where the last one ended. */
  decode(text: string): Key[] {
    return [...text.matchAll(TEXT_OR_CONTROL)].flatMap(([part, asText]) => {
      return asText === undefined ? this.#control(part) : this.#text(part);
    });
  }

  #text(part: string): Key[] {
    const keys: Key[] = [];
    let rest = part;
    while (this.#sequence !== undefined && rest !== "") {
      const character = String.fromCodePoint(rest.codePointAt(0)!);
      rest = rest.slice(character.length);
      keys.push(...this.#follow(character));
    }
    return rest === "" ? keys : [...keys, { text: rest }];
  }

  #control(character: string): Key[] {
    if (character === ESCAPE) {
      this.#sequence = "";
      return [];
    }
    // Alt with Backspace; any other one ends a sequence that will not come to its end.
    if (this.#sequence === "" && /[\x7f\b]/.test(character)) return this.#follow(character);
    this.#sequence = undefined;
    return [{ name: CONTROLS[character] ?? "unknown" }];
  }

  #follow(character: string): Key[] {
    const sequence = this.#sequence! + character;
    this.#sequence = isOpen(sequence) ? sequence : undefined;
    if (this.#sequence !== undefined) return [];
    return [{ name: SEQUENCES.find(([pattern]) => pattern.test(sequence))?.[1] ?? "unknown" }];
  }
}

function isOpen(sequence: string): boolean {
  return sequence.length < SEQUENCE_CHARACTERS && /^(?:O|\[[0-?]*[ -/]*)$/.test(sequence);
}
