/**
 * Lists that come in pages.
 *
 * @module
 */

import { BitTrickleError } from "../../errors.ts";
import { PUBLICATIONS_PER_USER } from "../../protocol/limits.ts";
import type { Reply } from "../../protocol/messages.ts";
import type { Ask, List, SessionRequest } from "./index_session.ts";

/** Comes before every item. */
const NO_ITEM = "";

/** How far a list has come. */
interface End {
  /** Where the next page begins. */
  readonly after: string;
  /** The last item. */
  readonly item: string;
}

/** Most items of a list: ten times what one user may publish. */
const MOST_ITEMS = 10 * PUBLICATIONS_PER_USER;

/** Most pages without an item: a search of a catalogue of 150 million names. */
const MOST_EMPTY_PAGES = 10_000;

/**
 * Asks page after page, until a list is whole or has `most` items. What is no list comes as it is.
 *
 * @param ask Asks for one page
 * @throws {BitTrickleError} `malformed` for a page that does not lead on, or a list without end, or
 * of `ask`
 */
export async function askPages(
  ask: Ask,
  request: SessionRequest,
  most = Infinity,
): Promise<Reply> {
  const pages: List[] = [];
  let [count, empty] = [0, 0];
  let end: End | undefined;
  for (;;) {
    const page = await ask(end ? { ...request, after: end.after } as SessionRequest : request);
    if (page.kind !== "list") return page;
    pages.push(page);
    count += page.items.length;
    if (page.items.length === 0) empty++;
    if (page.more === 0 || count >= most) return join(pages);
    if (count > MOST_ITEMS || empty > MOST_EMPTY_PAGES) throw bad("a list without end");
    end = endOf(page, end ?? { after: "", item: NO_ITEM });
  }
}

/** Where a page ends, which is always further on than the one before. */
function endOf({ items, cursor }: List, before: End): End {
  const [first = NO_ITEM] = items;
  const item = items.at(-1) ?? before.item;
  const after = cursor ?? items.at(-1);
  if (after === undefined) throw bad("an empty page");
  const isBack = first !== NO_ITEM && !isBehind(first, before);
  if (isBack || !isFurther(after, before.after)) throw bad("a list that does not go on");
  return { after, item };
}

/** Two items of one name may be on two pages: then the place between them is no name. */
function isBehind(item: string, { after, item: last }: End): boolean {
  return item > last || item === last && after !== last;
}

/** Cursors that stand for long names have no order. */
function isFurther(after: string, before: string): boolean {
  const areNames = isName(after) && isName(before);
  return areNames ? after > before : after !== before;
}

/** No name holds a colon. */
function isName(after: string): boolean {
  return !after.includes(":");
}

function bad(what: string): BitTrickleError {
  return new BitTrickleError("malformed", `The index sent ${what}`);
}

function join(pages: readonly List[]): List {
  const { of, more, cursor } = pages.at(-1)!;
  const items = pages.flatMap(({ items }) => items);
  const details = pages.flatMap(({ items, details }) => details ?? items.map(() => undefined));
  const isTold = details.some((known) => known !== undefined);
  const publishers = pages.flatMap((it) => it.publishers ?? it.items.map(() => undefined));
  const isPublished = publishers.some((known) => known !== undefined);
  const next = cursor === undefined ? {} : { cursor };
  const columns = {
    ...isTold ? { details } : {},
    ...isPublished ? { publishers } : {},
    ...column(pages, "shares", ({ shares }) => shares),
    ...column(pages, "sessions", ({ sessions }) => sessions),
    ...column(pages, "digests", ({ digests }) => digests),
  };
  return { kind: "list", of, more, items, ...columns, ...next };
}

/** What every page tells of each of its items. */
function column<K extends string, V>(
  pages: readonly List[],
  key: K,
  valuesOf: (page: List) => readonly V[] | undefined,
): { [P in K]?: V[] } {
  const told = pages.filter(({ items }) => items.length > 0);
  const isTold = told.length > 0 && told.every((page) => valuesOf(page) !== undefined);
  const values = told.flatMap((page) => valuesOf(page) ?? []);
  return (isTold ? { [key]: values } : {}) as { [P in K]?: V[] };
}
