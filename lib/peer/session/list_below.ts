/**
 * The part of a user's publications that is below a folder.
 *
 * @module
 */

import type { List } from "./index_session.ts";

/**
 * What the list has below `prefix`. It is in the order of names, so nothing before or behind them is
 * asked for.
 *
 * @param ask Asks for the page that follows a name
 * @throws {BitTrickleError} of `ask`
 */
export async function listBelow(
  prefix: string,
  ask: (after: string) => Promise<List>,
): Promise<List> {
  const items: string[] = [];
  const details: NonNullable<List["details"]>[number][] = [];
  for (let after = prefix;;) {
    const page = await ask(after);
    const before = items.length;
    for (const [i, name] of page.items.entries()) {
      if (!name.startsWith(prefix) || name < after) return listOf(page, items, details);
      if (name === after) continue; // It is published from another share, too.
      items.push(name);
      details.push(page.details?.[i]);
      after = name;
    }
    // A page that does not lead on would come for ever.
    if (page.more === 0 || items.length === before) return listOf(page, items, details);
  }
}

function listOf({ of }: List, items: readonly string[], details: List["details"]): List {
  return { kind: "list", of, items, more: 0, ...details ? { details } : {} };
}
