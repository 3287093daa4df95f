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
  /** Set when it could not be done, or not all of it. */
  readonly failure?: ErrorCode;
}

/**
 * What comes of `run` for one name as it is, and for several together: what fails stops no other, but
 * an interruption ends them all.
 */
export async function outcomeOfEach(
  names: readonly string[],
  run: (name: string) => Promise<Outcome>,
  hintFor: (outcomes: readonly Outcome[]) => string | undefined = () => undefined,
): Promise<Outcome> {
  if (names.length === 1) return await run(names[0]!);
  const outcomes: Outcome[] = [];
  for (const name of names) {
    const outcome = await run(name).catch((error) => outcomeOfError(name, error));
    const [first, ...rest] = outcome.lines;
    outcomes.push(
      first === undefined ? outcome : { ...outcome, lines: [named(name, first), ...rest] },
    );
    if (outcome.failure === "interrupted") break;
  }
  return outcomeOfAll(outcomes, hintFor(outcomes));
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
  if (kinds.includes("interrupted")) return "interrupted";
  const [first, ...others] = new Set(kinds);
  return others.length === 0 ? first : "partial";
}

function outcomeOfAll(outcomes: readonly Outcome[], hint: string | undefined): Outcome {
  const failure = failureOf(outcomes.map(({ failure }) => failure));
  const lines = [...outcomes.flatMap(({ lines }) => lines), ...hint === undefined ? [] : [hint]];
  const results = outcomes.map(({ fields, failure }) => failure ? { ...fields, failure } : fields);
  return { lines, fields: { results }, ...failure ? { failure } : {} };
}

/** The outcome of one of several things that failed. */
function outcomeOfError(name: string, error: unknown): Outcome {
  if (!(error instanceof BitTrickleError)) throw error;
  const fields = { name, reason: error.message };
  const lines = error.code === "interrupted" ? [] : [error.message];
  return { lines, fields, failure: error.code };
}
