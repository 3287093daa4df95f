/**
 * What comes of a question whose answer is a list.
 *
 * @module
 */

import type { List } from "../peer/session/index_session.ts";
import { COUNTED_ROWS } from "../protocol/limits.ts";
import { headingOf } from "../protocol/plain_reply.ts";
import { type ListKey, orderOf, pick } from "./list_order.ts";
import type { Outcome } from "./outcome.ts";

/** How a list is shown. */
export interface ListOptions {
  /** How many items were enough: a longer list was not asked for to its end. @default all */
  readonly most?: number | undefined;
  /** How many of those are shown. @default all */
  readonly limit?: number | undefined;
  /** @default as they came */
  readonly sort?: ListKey | undefined;
}

/** What of a list is shown. */
export interface ShownList {
  readonly heading: string;
  readonly list: List;
  /** Says what is left out, if anything is. */
  readonly rest: string | undefined;
  /** The places of the shown items in the whole list. */
  readonly places: readonly number[];
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Shows `list` as the original did: see {@linkcode shownOf}. */
export function listOutcome(list: List, options: ListOptions = {}): Outcome {
  const shown = shownOf(list, options);
  return { lines: linesAround(shown, shown.list.items), fields: shown.fields };
}

/** `lines`, which are the items of `shown`, with what stands before and behind them. */
export function linesAround({ heading, rest }: ShownList, lines: readonly string[]): string[] {
  return [heading, ...lines, ...rest === undefined ? [] : [rest]];
}

/**
 * What of `list` is shown. A count that is only known to be so high or higher ends with `+`, and the
 * fields say `lower_bound`.
 */
export function shownOf(list: List, { most = Infinity, limit = Infinity, sort }: ListOptions) {
  const isBegun = list.more > 0 && list.items.length >= most;
  const places = orderOf(list, sort).slice(0, isBegun ? Math.min(most, limit) : limit);
  const shown = pick(list, places);
  return isBegun ? begun(list, shown, places, most) : whole(list, shown, places);
}

/** A list that was not read to its end: only a lower bound of its length is known. */
function begun(list: List, shown: List, places: readonly number[], most: number): ShownList {
  const { of, items, more, cursor } = list;
  // Where the index told where to go on, its one more is a guess.
  const left = items.length - places.length + more - (cursor === undefined ? 0 : 1);
  return {
    heading: headingOf(of, most, atLeast(most)),
    list: shown,
    rest: "… and more",
    places,
    fields: fieldsOf(shown, left, true),
  };
}

function whole(list: List, shown: List, places: readonly number[]): ShownList {
  const { of, items, more, isLowerBound } = list;
  const lowerBound = isLowerBound === true || more >= COUNTED_ROWS;
  const count = lowerBound ? atLeast : String;
  const total = items.length + more;
  const left = total - places.length;
  return {
    heading: headingOf(of, total, count(total)),
    list: shown,
    rest: left > 0 || lowerBound ? `… and ${count(left)} more` : undefined,
    places,
    fields: fieldsOf(shown, left, lowerBound),
  };
}

function fieldsOf({ items, details, publishers }: List, more: number, lowerBound: boolean) {
  return {
    items,
    ...details ? { details } : {},
    ...publishers ? { publishers } : {},
    more,
    ...lowerBound ? { lower_bound: true } : {},
  };
}

/** That many or more: `1,000+`. */
function atLeast(count: number): string {
  return `${count.toLocaleString("en-US")}+`;
}
