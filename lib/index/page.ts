/**
 * The part of a list that one reply shows.
 *
 * @module
 */

import { COUNTED_ROWS, DATAGRAM_BYTES } from "../protocol/limits.ts";
import type { FileDetails, ListOf, Reply } from "../protocol/messages.ts";
import { utf8Length } from "../protocol/utf8.ts";

/** An item of a list, and what is known of it. */
export interface Row {
  readonly name: string;
  readonly details?: FileDetails | undefined;
}

/**
 * As many of `rows` as a reply holds in any protocol, and how many more there are, which is
 * counted up to `most`. No row is read before it is shown.
 */
export function page(
  of: ListOf,
  rows: Iterable<Row>,
  most: number = COUNTED_ROWS,
): Reply & { kind: "list" } {
  const items: string[] = [];
  const details: (FileDetails | undefined)[] = [];
  let bytesLeft = DATAGRAM_BYTES;
  let more = 0;
  for (const row of rows) {
    if (bytesLeft <= 0 && ++more === most) break;
    if (bytesLeft <= 0) continue;
    const { name } = row;
    items.push(name);
    details.push(row.details);
    bytesLeft -= 1 + utf8Length(name);
  }
  const isTold = details.some((known) => known !== undefined);
  return { kind: "list", of, items, more, ...isTold ? { details } : {} };
}
