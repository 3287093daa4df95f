/**
 * Arguments that may be patterns of names.
 *
 * @module
 */

import { BitTrickleError } from "../errors.ts";
import { escapeText } from "../protocol/escape.ts";
import { escapePattern, isPattern, literalOf } from "../protocol/glob.ts";
import type { CommandOptions } from "./command_options.ts";
import { type BatchOptions, type Outcome, quotesHint } from "./outcome.ts";

export { isPattern };

/** No file has a name with one of these. */
const NEVER_IN_NAMES = /[*?]/;

/** What `typed` is called: the pattern that it is, or a name without what says that it is none. */
export function nameOrPattern(typed: string): string {
  return isPattern(typed) ? typed : literalOf(typed);
}

/** How `verb` works on several of the user's own names: nobody but the index is asked for anything. */
export function onOwnNames(verb: string, typed: readonly string[]): BatchOptions {
  const hintFor = quotesHint(verb, typed.map(nameOrPattern));
  return { fatal: ["timeout", "network"], nameOf: nameOrPattern, hintFor };
}

/**
 * What comes of `typed`: as a name if it can be one and there is something of that name, and else as
 * the pattern that it is. A command line does not tell whether a word was in quotes: what it was taken
 * for is said there.
 *
 * @throws {BitTrickleError} `usage` for what is in quotes and can only be a pattern
 */
export async function literalOrPattern(
  typed: string,
  one: (name: string) => Promise<Outcome>,
  matching: (pattern: string) => Promise<Outcome>,
  { jobs, onNote }: CommandOptions,
): Promise<Outcome> {
  if (!isPattern(typed)) {
    const name = nameOrPattern(typed);
    if (NEVER_IN_NAMES.test(name)) throw noName(name);
    return await one(name);
  }
  // As a shell does, `lab*/` means folders, and so what is in them.
  const pattern = typed.endsWith("/") ? `${typed}**` : typed;
  if (NEVER_IN_NAMES.test(typed)) return await matching(pattern);
  const outcome = await one(typed).catch(notFound);
  if (outcome && outcome.failure !== "not_found") return outcome;
  if (!jobs) onNote?.(takenAsPattern(typed));
  return await matching(pattern);
}

function takenAsPattern(typed: string): string {
  const alone = `"${escapePattern(typed)}" means that name alone`;
  return `Nothing is called "${typed}", so it is taken for a pattern; ${alone}`;
}

/** What is said of a pattern that stands for nothing; `who` ends in a verb. */
export function nothingMatches(pattern: string, who: string): Outcome {
  const lines = [`"${pattern}" stands for nothing that ${who}`];
  return { lines, fields: { name: pattern }, failure: "not_found" };
}

function noName(name: string): BitTrickleError {
  const how = "a pattern is written without quotes in this shell, and without a backslash";
  return new BitTrickleError("usage", `No file can be called "${escapeText(name)}": ${how}`);
}

function notFound(error: unknown): undefined {
  if (!(error instanceof BitTrickleError) || error.code !== "not_found") throw error;
}
