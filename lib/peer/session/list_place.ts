/**
 * Where a list goes on that comes in pages.
 *
 * @module
 */

import { type NameListRequest, roomForCursor } from "../../protocol/sealed_request.ts";
import { beginningOf, utf8Length } from "../../protocol/utf8.ts";
import type { SessionRequest } from "./index_session.ts";

/** Where the next page begins. */
export interface ListPlace {
  readonly after: string;
  readonly skip?: number;
}

/**
 * Where `request` goes on after the name `after`, of all `known` names that it has listed. If the two
 * do not fit into a message together, that is at the beginning of `after`, past the known names that
 * begin like that.
 */
export function fittingPlace(
  request: SessionRequest,
  after: string,
  known: Iterable<string>,
): ListPlace {
  if (request.verb !== "lpf" && request.verb !== "sch") return { after };
  const most = roomForCursor({ ...request, user: "" } as NameListRequest);
  if (utf8Length(after) <= most) return { after };
  const beginning = beginningOf(after, most);
  let skip = 0;
  for (const name of known) {
    if (name !== beginning && name.startsWith(beginning)) skip++;
  }
  return { after: beginning, skip };
}
