/**
 * What comes of a question whose answer is a list.
 *
 * @module
 */

import type { List } from "../peer/session/index_session.ts";
import { COUNTED_ROWS } from "../protocol/limits.ts";
import { headingOf } from "../protocol/plain_reply.ts";
import type { Outcome } from "./outcome.ts";

/**
 * Shows `list`. A count that is only known to be so high or higher ends with `+`, and the fields
 * say `lower_bound`.
 *
 * @param most How many items were enough: a longer list was not asked for to its end
 */
export function listOutcome(list: List, most = Infinity): Outcome {
  return list.more > 0 && list.items.length >= most ? begun(list, most) : whole(list);
}

/** A list that was not read to its end: only a lower bound of its length is known. */
function begun({ of, items, details, more, cursor }: List, most: number): Outcome {
  const shown = items.slice(0, most);
  // Where the index told where to go on, its one more is a guess.
  const left = items.length - most + more - (cursor === undefined ? 0 : 1);
  const lines = [headingOf(of, most, atLeast(most)), ...shown, "… and more"];
  const told = details ? { details: details.slice(0, most) } : {};
  return { lines, fields: { items: shown, ...told, more: left, lower_bound: true } };
}

function whole({ of, items, details, more, isLowerBound }: List): Outcome {
  const lowerBound = isLowerBound === true || more >= COUNTED_ROWS;
  const count = lowerBound ? atLeast : String;
  const total = items.length + more;
  const rest = more > 0 || lowerBound ? [`… and ${count(more)} more`] : [];
  const fields = { items, ...details ? { details } : {}, more };
  return {
    lines: [headingOf(of, total, count(total)), ...items, ...rest],
    fields: lowerBound ? { ...fields, lower_bound: true } : fields,
  };
}

/** That many or more: `1,000+`. */
function atLeast(count: number): string {
  return `${count.toLocaleString("en-US")}+`;
}
