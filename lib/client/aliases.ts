/**
 * Commands as other programs call them.
 *
 * @module
 */

/** What people type who come from elsewhere. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ["exit", "xit"],
  ["quit", "xit"],
  ["?", "help"],
  ["ls", "lpf"],
]);

/** `words` with the command as it is called here. */
export function inOwnWords(words: readonly string[]): readonly string[] {
  const own = ALIASES.get(words[0] ?? "");
  return own === undefined ? words : [own, ...words.slice(1)];
}
