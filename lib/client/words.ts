/**
 * The words of a line that a person types.
 *
 * Quotes take the meaning of patterns away, as in other shells. What was in quotes is therefore escaped
 * in a word, see {@linkcode escapePattern}: `"a*b"` is the word `a\*b`.
 *
 * @module
 */

import { escapePattern, literalOf } from "../protocol/glob.ts";

/**
 * A word in quotes, which may hold spaces, or one without; so may the value of a flag be. Quotes inside
 * a word are part of it.
 */
const WORD = /(--[\w-]+=)?(?:"([^"]*)"|'([^']*)')(?=\s|$)|(\S+)/g;
/** A quote that nothing closes at the end of its word. */
const OPEN_QUOTE = /^(?:--[\w-]+=)?["']/;
/** A word of its own, without quotes: names may hold it, and end in it. */
const BACKGROUND = /(?:^|\s)&\s*$/;

/** A line, read. */
export interface Line {
  readonly words: readonly string[];
  /** Whether it ends in `&`: what it says is to be done in the background. */
  readonly isBackground: boolean;
  /** Whether a quote begins that does not end: then the words are not those that were meant. */
  readonly isMisquoted: boolean;
  /** The line without that. */
  readonly text: string;
}

/** What is typed where the next word is to be completed. */
export interface OpenWord {
  /** The whole words before it. */
  readonly words: readonly string[];
  /** Where it begins, with its quote. */
  readonly start: number;
  /** What of it is there, without quotes, and not escaped. */
  readonly typed: string;
}

/** The words of `line`; those with spaces are written in double or single quotes, and escaped here. */
export function splitWords(line: string): string[] {
  return [...line.matchAll(WORD)].map(wordOf);
}

/** The words of `line`, and whether it ends in `&`. */
export function parseLine(line: string): Line {
  const text = line.replace(BACKGROUND, "").trim();
  const matches = [...text.matchAll(WORD)];
  return {
    words: matches.map(wordOf),
    isBackground: BACKGROUND.test(line),
    isMisquoted: matches.some(([, , , , bare = ""]) => OPEN_QUOTE.test(bare)),
    text,
  };
}

/** The word that goes on at the end of `before`: an empty one after a space. */
export function openWord(before: string): OpenWord {
  const matches = [...before.matchAll(WORD)];
  const open = matches.findIndex((match) => isUnclosed(before, match));
  const at = open >= 0 ? open : /(?:^|\s)$/.test(before) ? matches.length : matches.length - 1;
  const words = matches.slice(0, at).map(wordOf);
  const match = matches[at];
  if (!match) return { words, start: before.length, typed: "" };
  const { index: start } = match;
  return { words, start, typed: open >= 0 ? before.slice(start + 1) : literalOf(wordOf(match)) };
}

function wordOf([, flag = "", double, single, bare]: RegExpExecArray): string {
  return flag + (bare ?? escapePattern(double ?? single ?? ""));
}

/** Whether a quote begins at `match` that nothing ends. */
function isUnclosed(before: string, { index, 4: bare = "" }: RegExpExecArray): boolean {
  const quote = bare[0];
  return (quote === '"' || quote === "'") && !before.includes(quote, index + 1);
}
