/**
 * Searches that hold patterns of names: what the index is asked, and what of its answer is meant.
 *
 * @module
 */

import { Glob, isPattern, literalOf } from "./glob.ts";
import { SEARCH_TERMS } from "./limits.ts";

/** A search with patterns. */
export interface Matcher {
  /** What the index is asked: it finds all that is meant, and perhaps more. */
  readonly text: string;
  /** Whether what it has found is meant. */
  readonly isRight: (name: string) => boolean;
}

/** Finds names in letters of just their case, where nothing else is said. */
const EXACT = "case:exact";
const ANY_CASE = "case:any";

/** Finds the names that `pattern` stands for as a whole. */
export function patternMatcher(pattern: string): Matcher {
  const glob = new Glob(pattern);
  return {
    text: [...wordsOf(glob.literals), EXACT].join(" "),
    isRight: (name) => glob.matches(name),
  };
}

/**
 * Finds what `search` asks for, in which words may be patterns. One without a `/` stands for the last
 * part of a name, another for the whole. Letters match in any case as in a search: unless a word holds
 * a capital, or a filter says so.
 */
export function parseMatcher(search: string): Matcher {
  const parts = search.split(" ").filter((part) => part !== "");
  const filters = parts.filter((part) => part.includes(":"));
  const words = parts.filter((part) => !part.includes(":"));
  const isAnyCase = isAnyCaseOf(filters, words);
  const globs = words.filter(isPattern).map((word) => nameGlob(word, isAnyCase));
  const plain = words.filter((word) => !isPattern(word)).map(literalOf);
  const literals = wordsOf(globs.flatMap(({ literals }) => literals), SEARCH_TERMS - plain.length);
  const kept = filters.filter((filter) => filter !== EXACT && filter !== ANY_CASE);
  return {
    text: [...plain, ...literals, ...kept, isAnyCase ? ANY_CASE : EXACT].join(" "),
    isRight: (name) => globs.every((glob) => glob.matches(name)),
  };
}

function isAnyCaseOf(filters: readonly string[], words: readonly string[]): boolean {
  if (filters.includes(EXACT)) return false;
  return filters.includes(ANY_CASE) || words.every((word) => word === word.toLowerCase());
}

function nameGlob(word: string, isAnyCase: boolean): Glob {
  return new Glob(word.includes("/") ? word : `**/${word}`, isAnyCase);
}

/** The longest words of `literals`, at most as many as a search may hold: they find the fewest names. */
function wordsOf(literals: readonly string[], most = SEARCH_TERMS): string[] {
  const words = literals.flatMap((text) => text.split(/[/ :]+/)).filter((word) => word !== "");
  return [...new Set(words)].sort((a, b) => b.length - a.length).slice(0, Math.max(0, most));
}
