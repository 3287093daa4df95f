/**
 * What Tab makes of a line: which kind of word is to be completed, and which of the candidates fit.
 *
 * @module
 */

import type { Completion } from "../cli/completion_list.ts";
import { isPrintable } from "../protocol/escape.ts";
import { COMMANDS, SHELL_WORDS } from "./commands.ts";
import { COMMAND_FLAGS } from "./flag_table.ts";
import { inOwnWords } from "./aliases.ts";
import { openWord } from "./words.ts";

/** What a word can be. */
export type WordKind =
  | "command"
  | "flag"
  | "path" // of the shared folder
  | "own" // a name that the user publishes
  | "user"
  | "remote" // a name that others publish
  | "job"
  | "choice" // of a few words
  | "none";

/** The word that is to be completed. */
export interface Gap {
  readonly kind: WordKind;
  /** The command that it belongs to. */
  readonly verb: string;
  /** What of it is there, in Unicode normal form C. */
  readonly typed: string;
  /** Where it begins. */
  readonly start: number;
  /** Whether nothing is a flag any more. */
  readonly isAfterDashes: boolean;
}

/** What each command takes. */
const TAKES: Readonly<Record<string, WordKind>> = {
  cancel: "job",
  cat: "remote",
  config: "choice",
  get: "remote",
  help: "command",
  limit: "choice",
  lpf: "user",
  pub: "path",
  unp: "own",
  wait: "job",
};

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  config: ["show", "path"],
  limit: ["up", "down"],
};

/** What no word holds that is typed without quotes, or means more there. */
const NEEDS_QUOTES = /[\s'&[]/;

/** The word that goes on at the end of `before`. */
export function gapIn(before: string): Gap {
  const { words, start, typed } = openWord(before);
  const [verb = ""] = inOwnWords(words);
  const isAfterDashes = words.includes("--");
  const gap = { verb, typed: typed.normalize("NFC"), start, isAfterDashes };
  if (words.length === 0) return { ...gap, kind: "command" };
  if (typed.startsWith("-") && !isAfterDashes) return { ...gap, kind: "flag" };
  const isValue = COMMAND_FLAGS.some(({ name, value }) => value && words.at(-1) === `--${name}`);
  return { ...gap, kind: isValue ? "none" : TAKES[verb] ?? "none" };
}

/** The candidates for a word that are known without asking anybody. */
export function knownCandidates({ kind, verb }: Gap): readonly string[] {
  switch (kind) {
    case "command":
      return SHELL_WORDS;
    case "flag":
      return (COMMANDS.get(verb)?.flags ?? []).map((flag) => `--${flag}`);
    case "choice":
      return CHOICES[verb] ?? [];
    default:
      return [];
  }
}

/**
 * Completes the word of `gap` in `before` as far as all candidates agree that go on from it, or lists
 * them. A name is cut at the next folder, and quoted so that it stays one word.
 */
export function complete(before: string, gap: Gap, candidates: readonly string[]): Completion {
  const fitting = fittingOf(gap, candidates);
  const { start: from, typed } = gap;
  const [first, ...others] = fitting;
  if (first === undefined) return { from, text: before.slice(from), choices: [] };
  const isFolder = first.endsWith("/");
  if (others.length === 0) {
    const text = isFolder ? opened(gap, first) : `${closed(gap, first)} `;
    return { from, text, choices: [] };
  }
  const common = commonBeginning(fitting);
  const isLonger = common.length > typed.length;
  const text = common.length >= typed.length ? opened(gap, common) : before.slice(from);
  return { from, text, choices: isLonger ? [] : fitting };
}

/** Those that begin with what is typed, or else in other letters of the same case. */
function fittingOf({ typed, kind }: Gap, candidates: readonly string[]): string[] {
  const typable = candidates.filter((it) => isPrintable(it) && !it.includes('"'));
  const exact = typable.filter((it) => it.startsWith(typed));
  const lower = typed.toLowerCase();
  const begun = exact.length > 0
    ? exact
    : typable.filter((it) => it.toLowerCase().startsWith(lower) && it.length >= typed.length);
  const isName = kind === "remote" || kind === "own" || kind === "path";
  const cut = isName ? begun.map((name) => upToFolder(name, typed.length)) : begun;
  return [...new Set(cut)].sort();
}

function upToFolder(name: string, from: number): string {
  const slash = name.indexOf("/", from);
  return slash < 0 ? name : name.slice(0, slash + 1);
}

/** `word` as it is typed where more may follow. */
function opened(gap: Gap, word: string): string {
  return dashesFor(gap, word) + (NEEDS_QUOTES.test(word) ? `"${word}` : word);
}

/** `word` as it is typed. */
function closed(gap: Gap, word: string): string {
  return dashesFor(gap, word) + (NEEDS_QUOTES.test(word) ? `"${word}"` : word);
}

/** Keeps a name from being a flag. */
function dashesFor({ kind, isAfterDashes }: Gap, word: string): string {
  return kind !== "flag" && !isAfterDashes && word.startsWith("-") ? "-- " : "";
}

function commonBeginning([first = "", ...others]: readonly string[]): string {
  const characters = [...first];
  const isShared = (count: number) => {
    const beginning = characters.slice(0, count).join("");
    return others.every((it) => it.startsWith(beginning));
  };
  let count = characters.length;
  while (!isShared(count)) count--;
  return characters.slice(0, count).join("");
}
