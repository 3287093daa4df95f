/**
 * Replies that are whole lists.
 *
 * @module
 */

import type { Reply } from "../../lib/protocol/messages.ts";

type List = Reply & { kind: "list" };

/** A list of all there is. */
export function listOf(
  of: List["of"],
  items: readonly string[],
  details?: List["details"],
): List {
  return { kind: "list", of, items, more: 0, ...details ? { details } : {} };
}
