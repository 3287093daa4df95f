/**
 * Lists that come in pages.
 *
 * @module
 */

import { BitTrickleError } from "../errors.ts";
import type { Reply } from "../protocol/messages.ts";
import type { Ask, List, SessionRequest } from "./index_session.ts";
import { fittingPlace } from "./list_place.ts";

/**
 * Asks page after page, until a list is whole or has `most` items. What is no list comes as it is.
 *
 * @param ask Asks for one page
 * @throws {BitTrickleError} `malformed` for a page from which nothing leads on, or of `ask`
 */
export async function askPages(
  ask: Ask,
  request: SessionRequest,
  most = Infinity,
): Promise<Reply> {
  const first = await ask(request);
  if (first.kind !== "list") return first;
  const pages = [first];
  let count = first.items.length;
  for (let last = first; last.more > 0 && count < most;) {
    const after = last.cursor ?? last.items.at(-1);
    if (after === undefined) throw new BitTrickleError("malformed", "The index sent an empty page");
    const known = pages.values().flatMap(({ items }) => items);
    const next = await ask(
      { ...request, ...fittingPlace(request, after, known) } as SessionRequest,
    );
    if (next.kind !== "list") return next;
    pages.push(last = next);
    count += next.items.length;
  }
  return join(pages);
}

function join(pages: readonly List[]): List {
  const { of, more, cursor } = pages.at(-1)!;
  const items = pages.flatMap(({ items }) => items);
  const details = pages.flatMap(({ items, details }) => details ?? items.map(() => undefined));
  const isTold = details.some((known) => known !== undefined);
  const next = cursor === undefined ? {} : { cursor };
  return { kind: "list", of, more, items, ...isTold ? { details } : {}, ...next };
}
