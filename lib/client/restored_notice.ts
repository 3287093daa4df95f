/**
 * What a shell tells of files that were published before it began.
 *
 * @module
 */

import { BitTrickleError, reasonOf } from "../errors.ts";
import type { Peer } from "../peer/peer.ts";
import type { Names } from "../peer/share/names_count.ts";
import type { Restored } from "../peer/share/republisher.ts";
import { escapeText } from "../protocol/escape.ts";
import type { Output } from "./output.ts";

/** What was restored, of which only that was looked for that was withdrawn. */
type Withdrawn = Pick<Restored, "withdrawn"> & Partial<Restored>;

const NONE: Names = { count: 0, first: [] };
const WITHDRAWN = "Withdrawn on another device, and not served here any more";

/** Where it is told. */
export interface NoticePlace {
  readonly output: Output;
  /** Shows a line that is safe, whatever is being typed. */
  readonly notice: (line: string) => void;
}

/**
 * Tells what came of earlier publications as soon as that is known. Never rejects.
 *
 * @param hasLost Whether something of what earlier sessions remembered may not be known
 */
export async function tellRestored(
  peer: Peer,
  { output, notice }: NoticePlace,
  hasLost: () => boolean,
): Promise<void> {
  try {
    const restored = await peer.restored;
    if (!restored || isNothing(restored)) return;
    output.event("restored", fieldsOf(restored));
    for (const line of linesOf(restored, hasLost())) notice(line);
  } catch (error) {
    if (error instanceof BitTrickleError && error.code === "interrupted") return;
    output.remark(`What was published before is not served now: ${reasonOf(error)}`);
  }
}

/** Tells what another device has withdrawn, if anything; what has come of the rest, if that was looked at. */
export function tellWithdrawn(
  { served = NONE, missing = NONE, elsewhere = NONE, withdrawn }: Withdrawn,
  { output, notice }: NoticePlace,
): void {
  if (withdrawn.count === 0) return;
  output.event("restored", fieldsOf({ served, missing, elsewhere, withdrawn }));
  notice(`${WITHDRAWN}: ${list(withdrawn)}`);
}

function isNothing({ served, missing, elsewhere, withdrawn }: Restored): boolean {
  return served.count + missing.count + elsewhere.count + withdrawn.count === 0;
}

function fieldsOf({ served, missing, elsewhere, withdrawn }: Restored): Record<string, unknown> {
  return {
    served: served.count,
    ...namesAs("missing", missing),
    ...namesAs("elsewhere", elsewhere),
    ...namesAs("withdrawn", withdrawn),
  };
}

/** The first names, and how many there are. */
function namesAs(key: string, { first, count }: Names): Record<string, unknown> {
  return { [key]: first, [`${key}_count`]: count };
}

function linesOf({ served, missing, elsewhere, withdrawn }: Restored, hasLost: boolean): string[] {
  const where = hasLost ? "Published" : "Published from elsewhere";
  const kinds: readonly (readonly [heading: string, names: Names])[] = [
    ["Serving again", served],
    ["Published, but not in the folder", missing],
    [`${where}, and not served here`, elsewhere],
    [WITHDRAWN, withdrawn],
  ];
  return kinds.filter(([, { count }]) => count > 0)
    .map(([heading, names]) => `${heading}: ${list(names)}`);
}

function list({ first, count }: Names): string {
  const shown = first.map(escapeText).join(", ");
  const more = count - first.length;
  return more > 0 ? `${shown} and ${more} more` : shown;
}
