/**
 * Commands as other programs call them.
 *
 * @module
 */

import { closestWord } from "../cli/spelling.ts";

/** What people type who come from elsewhere. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ["exit", "xit"],
  ["quit", "xit"],
  ["bye", "xit"],
  ["?", "help"],
  ["ls", "lpf"],
]);

/** `words` with the command as it is called here. */
export function inOwnWords(words: readonly string[]): readonly string[] {
  const own = ALIASES.get(words[0] ?? "");
  return own === undefined ? words : [own, ...words.slice(1)];
}

/** What other programs call a command: it is named to whoever types it, and not run on a guess. */
const CALLED_ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ["publish", "pub"],
  ["put", "pub"],
  ["upload", "pub"],
  ["unpublish", "unp"],
  ["withdraw", "unp"],
  ["search", "sch"],
  ["find", "sch"],
  ["download", "get"],
  ["fetch", "get"],
  ["list", "lpf"],
  ["dir", "lpf"],
  ["files", "lpf"],
  ["peers", "lap"],
  ["users", "lap"],
  ["who", "lap"],
  ["leave", "xit"],
  ["logout", "xit"],
  ["fg", "wait"],
  ["kill", "cancel"],
  ["password", "passwd"],
]);

/** The one of `words`, commands among them, that somebody may have meant by `word`. */
export function commandMeantBy(word: string, words: readonly string[]): string | undefined {
  const lower = word.toLowerCase();
  const called = ALIASES.get(lower) ?? CALLED_ELSEWHERE.get(lower);
  return called !== undefined && words.includes(called) ? called : closestWord(word, words);
}
