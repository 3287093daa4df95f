/**
 * Arguments that may be patterns of names.
 *
 * @module
 */

import { BitTrickleError } from "../errors.ts";
import { isPattern, literalOf } from "../protocol/glob.ts";
import type { Outcome } from "./outcome.ts";

export { isPattern };

/** No file has a name with one of these. */
const NEVER_IN_NAMES = /[*?]/;

/**
 * What comes of `typed`: as a name if it can be one and there is something of that name, and else as
 * the pattern that it is.
 */
export async function literalOrPattern(
  typed: string,
  one: (name: string) => Promise<Outcome>,
  matching: (pattern: string) => Promise<Outcome>,
): Promise<Outcome> {
  if (!isPattern(typed)) return await one(literalOf(typed));
  // As a shell does, `lab*/` means folders, and so what is in them.
  const pattern = typed.endsWith("/") ? `${typed}**` : typed;
  if (NEVER_IN_NAMES.test(typed)) return await matching(pattern);
  const outcome = await one(typed).catch(notFound);
  return outcome && outcome.failure !== "not_found" ? outcome : await matching(pattern);
}

/** What is said of a pattern that stands for nothing; `who` ends in a verb. */
export function nothingMatches(pattern: string, who: string): Outcome {
  const lines = [`"${pattern}" stands for nothing that ${who}`];
  return { lines, fields: { name: pattern }, failure: "not_found" };
}

function notFound(error: unknown): undefined {
  if (!(error instanceof BitTrickleError) || error.code !== "not_found") throw error;
}
