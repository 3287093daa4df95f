/**
 * What an index knows before it is asked.
 *
 * @module
 */

import type { CatalogueEvent } from "../../lib/index/catalogue/catalogue.ts";
import type { Journal } from "../../lib/index/catalogue/journal.ts";
import { publishedFiles } from "../../tests/support/published_files.ts";

const NAMES_PER_USER = 100;
const LEAST_USERS = 10;
const SHARED_SHARE = 0.3;

/** As many different names, each published by one of many users. */
export function contentsOf(names: number): CatalogueEvent[] {
  const users = Math.max(LEAST_USERS, names / NAMES_PER_USER);
  const events = new Map<string, CatalogueEvent>();
  for (const file of publishedFiles({ users, shared: names * SHARED_SHARE, seed: 1 })) {
    if (!events.has(file.name)) events.set(file.name, { kind: "publish", ...file });
    if (events.size === names) break;
  }
  return [...events.values()];
}

/** A journal that holds `events` and keeps nothing else. */
export function journalOf(events: readonly CatalogueEvent[]): Journal {
  return { entries: () => events, append: () => undefined };
}
