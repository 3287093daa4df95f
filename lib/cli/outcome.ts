/**
 * What comes of a command.
 *
 * @module
 */

import { BitTrickleError, type ErrorCode } from "../errors.ts";
import { escapeText } from "../protocol/escape.ts";

/** Failures of a batch that are shown one by one. */
const SHOWN_FAILURES = 10;

/** What came of a command: the same for people and for programs. */
export interface Outcome {
  /** One or more lines, safe to show. */
  readonly text: string;
  /** The same as fields of a JSON object. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Set when it could not be done, or not all of it. */
  readonly failure?: ErrorCode;
}

/** What comes of `run` for one name as it is, and for several together: what fails stops no other. */
export async function outcomeOfEach(
  names: readonly string[],
  run: (name: string) => Promise<Outcome>,
  hintFor: (outcomes: readonly Outcome[]) => string | undefined = () => undefined,
): Promise<Outcome> {
  if (names.length === 1) return await run(names[0]!);
  const outcomes: Outcome[] = [];
  for (const name of names) {
    outcomes.push(await run(name).catch((error) => outcomeOfError(name, error)));
  }
  return outcomeOfAll(outcomes, hintFor(outcomes));
}

/** How many files there are, in words. */
export function countFiles(count: number): string {
  return count === 1 ? "1 file" : `${count} files`;
}

/** One outcome of several; if all failed in one way, so did the whole. */
function outcomeOfAll(outcomes: readonly Outcome[], hint: string | undefined): Outcome {
  const kinds = new Set(outcomes.map(({ failure }) => failure));
  const [only] = kinds;
  const failure = kinds.size === 1 ? only : "partial";
  const lines = [...outcomes.map(({ text }) => text), ...hint === undefined ? [] : [hint]];
  const results = outcomes.map(({ fields, failure }) => failure ? { ...fields, failure } : fields);
  return { text: lines.join("\n"), fields: { results }, ...failure ? { failure } : {} };
}

/** The first few of `reasons`, and how many more there are. They are safe to show. */
export function failures(reasons: readonly string[]): string[] {
  const more = reasons.length - SHOWN_FAILURES;
  return [...reasons.slice(0, SHOWN_FAILURES), ...more > 0 ? [`… and ${more} more`] : []];
}

/** The outcome of one of several things that failed; an interruption ends them all. */
function outcomeOfError(name: string, error: unknown): Outcome {
  if (!(error instanceof BitTrickleError) || error.code === "interrupted") throw error;
  const fields = { name, reason: error.message };
  return { text: escapeText(error.message), fields, failure: error.code };
}
