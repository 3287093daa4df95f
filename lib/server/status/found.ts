/**
 * What a search of the status finds.
 *
 * @module
 */

import type { Reply } from "../../protocol/messages.ts";
import type { FoundStatus, StatusSource } from "./status.ts";

type List = Reply & { kind: "list" };

/** The files in `list`, which the index made of a search that counts publishers. */
export function foundIn(list: List): Awaited<ReturnType<StatusSource["search"]>> {
  const { items, more, cursor } = list;
  const rows = items.map((_, i) => rowOf(list, i));
  const after = more > 0 ? cursor ?? items.at(-1) : undefined;
  return { rows, more, ...after === undefined ? {} : { after } };
}

function rowOf({ items, details, publishers }: List, i: number): FoundStatus {
  const known = details?.[i];
  const { user = "", active = 0, all = 0 } = publishers?.[i] ?? {};
  return { name: items[i]!, ...known, sources: { active, total: all }, user };
}
