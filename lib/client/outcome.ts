/**
 * What comes of a command.
 *
 * @module
 */

import { BitTrickleError, type ErrorCode } from "../errors.ts";
import { escapeText } from "../protocol/escape.ts";

/** What came of a command: the same for people and for programs. */
export interface Outcome {
  /** What a person reads, a line each, as it is: who prints it makes it harmless. */
  readonly lines: readonly string[];
  /** The same as fields of a JSON object. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Whether the lines are no result, because that goes elsewhere. @default {false} */
  readonly isAside?: boolean;
  /** What a person may want to do next, which is no result. */
  readonly advice?: string;
  /** Set when it could not be done, or not all of it. */
  readonly failure?: ErrorCode;
}

/** How several things are done one after the other. */
export interface BatchOptions {
  /** Failures after which no other can succeed, beside an interruption. @default none */
  readonly fatal?: readonly ErrorCode[];
  /** What each of them is called. @default as it is */
  readonly nameOf?: (name: string) => string;
  /** What to tell a person at the end. */
  readonly hintFor?: (outcomes: readonly Outcome[]) => string | undefined;
}

/**
 * What comes of `run` for one name as it is, and for several together: what fails stops no other,
 * unless it is fatal; then the rest is named as well.
 */
export async function outcomeOfEach(
  names: readonly string[],
  run: (name: string) => Promise<Outcome>,
  { fatal = [], nameOf = (it) => it, hintFor = () => undefined }: BatchOptions = {},
): Promise<Outcome> {
  if (names.length === 1) return await run(names[0]!);
  const outcomes: Outcome[] = [];
  let end: ErrorCode | undefined;
  for (const name of names) {
    const outcome = end ? leftOut(nameOf(name), end) : await outcomeOf(nameOf(name), run(name));
    outcomes.push(outcome);
    end ??= ["interrupted", ...fatal].find((code) => code === outcome.failure) as ErrorCode;
  }
  return outcomeOfAll(outcomes, end, hintFor(outcomes));
}

/** The hint that missing quotes may be why `verb` found none of `names`. */
export function quotesHint(
  verb: string,
  names: readonly string[],
): (outcomes: readonly Outcome[]) => string | undefined {
  return (outcomes) => {
    const isNothing = outcomes.every(({ failure }) => failure === "not_found");
    const line = `${verb} "${names.join(" ")}"`;
    return isNothing ? `If that is one name with spaces, put it in quotes: ${line}` : undefined;
  };
}

/** `line`, which is about `name`, so that it says so. */
export function named(name: string, line: string): string {
  return isNamed(name, line) ? line : `"${name}": ${line}`;
}

/** Whether `line` names `name`, as it is or made harmless. */
export function isNamed(name: string, line: string): boolean {
  const [quoted, escaped] = [`"${name}"`, `"${escapeText(name)}"`];
  return line.includes(quoted) || line.includes(escaped) || line.startsWith(`${name} `);
}

/** How many files there are, in words. */
export function countFiles(count: number): string {
  return count === 1 ? "1 file" : `${count} files`;
}

/** What the whole has come to, of which `kinds` of things came: all in one way, or not. */
export function failureOf(kinds: readonly (ErrorCode | undefined)[]): ErrorCode | undefined {
  const [first, ...others] = new Set(kinds);
  return others.length === 0 ? first : "partial";
}

function outcomeOfAll(
  outcomes: readonly Outcome[],
  end: ErrorCode | undefined,
  hint: string | undefined,
): Outcome {
  const failure = end ?? failureOf(outcomes.map(({ failure }) => failure));
  const lines = [...outcomes.flatMap(({ lines }) => lines), ...hint === undefined ? [] : [hint]];
  const results = outcomes.map(({ fields, failure }) => {
    return failure ? { ...fields, code: failure } : fields;
  });
  return { lines, fields: { results }, ...failure ? { failure } : {} };
}

/** The outcome of one of several things, of which it says which one it is. */
async function outcomeOf(name: string, running: Promise<Outcome>): Promise<Outcome> {
  const { lines: [first, ...rest], ...outcome } = await running.catch((error) => {
    if (!(error instanceof BitTrickleError)) throw error;
    const { code, message } = error;
    return { lines: [message], fields: { name, message }, failure: code };
  });
  return { lines: first === undefined ? [] : [named(name, first), ...rest], ...outcome };
}

/** The outcome of what was not begun any more. */
function leftOut(name: string, failure: ErrorCode): Outcome {
  const message = "left out";
  return { lines: [named(name, message)], fields: { name, message }, failure };
}
