/**
 * The words of a line that a person types.
 *
 * @module
 */

/** A word in quotes, which may hold spaces, or one without. Quotes inside a word are part of it. */
const WORD = /"([^"]*)"(?=\s|$)|'([^']*)'(?=\s|$)|(\S+)/g;

/** The words of `line`; those with spaces are written in double or single quotes. */
export function splitWords(line: string): string[] {
  return [...line.matchAll(WORD)].map(([, double, single, bare]) => double ?? single ?? bare ?? "");
}
