/**
 * `lap`, `lpf` and `sch`: in the original's words, as a table on a terminal, or with all that is known.
 *
 * @module
 */

import { usage } from "../cli/parse_flags.ts";
import type { Peer } from "../peer/peer.ts";
import type { List } from "../peer/session/index_session.ts";
import type { CommandOptions } from "./command_options.ts";
import { needsAll, pick } from "./list_order.ts";
import { linesAround, type ListOptions, listOutcome, shownOf } from "./list_outcome.ts";
import { foundTable, peersTable, publishedTable, sessionTables } from "./list_tables.ts";
import type { Outcome } from "./outcome.ts";
import { sessionFields, shareFields } from "./share_words.ts";

/** Files found that are shown: nobody reads on, and a better search is quicker. */
const MOST_FOUND = 1_000;

/** Lists who is active. */
export async function runLap(peer: Peer, options: CommandOptions): Promise<Outcome> {
  const { json, long, columns, limit } = options;
  if (!json && !long && columns === undefined) return listOutcome(await peer.lap(), { limit });
  const { list, sessions } = await peer.lists.lap();
  const shown = shownOf(list, { limit });
  const { items } = shown.list;
  if (!sessions) return { lines: linesAround(shown, items), fields: shown.fields };
  const users = new Set(items);
  const others = sessions.filter(({ user }) => users.has(user));
  // Those of the user, whose folders are known.
  const active = new Set(list.items);
  const own = sessions.filter(({ user }) => !active.has(user));
  const lines = long ? sessionTables(others, own, columns) : peersTable(items, others, columns);
  return {
    lines: json ? linesAround(shown, items) : linesAround(shown, lines),
    fields: { ...shown.fields, sessions: [...others, ...own].map(sessionFields) },
  };
}

/** Lists what `user` publishes, or the one who asks. */
export async function runLpf(
  peer: Peer,
  user: string | undefined,
  options: CommandOptions,
): Promise<Outcome> {
  const { json, long, columns, limit, sort } = options;
  if (sort === "sources") throw usage("lpf takes --sort name or --sort size");
  const order = { limit, sort };
  if (!json && !long && columns === undefined) {
    return listOutcome(byName(await peer.lpf(user)), order);
  }
  const { list, places, here } = await peer.lists.lpf(user);
  const shown = shownOf(list, order);
  if (!places) return listOutcome(byName(list), order);
  const shares = shown.places.map((i) => places[i]!);
  // Where one's own files are is told already.
  const marks = shown.places.map((i) => user !== undefined && here[i] === true);
  const lines = publishedTable(shown.list, shares, marks, options);
  return {
    lines: json ? listOutcome(byName(list), order).lines : linesAround(shown, lines),
    fields: { ...shown.fields, shares: shares.map(shareFields), ...hereFields(shown.list, marks) },
  };
}

/** Lists whose names others publish that contain every one of `words`. */
export async function runSch(
  peer: Peer,
  words: readonly string[],
  options: CommandOptions,
): Promise<Outcome> {
  const { json, long, columns, limit = MOST_FOUND, sort } = options;
  const text = words.join(" ");
  const most = needsAll(sort) ? MOST_FOUND : Math.min(limit, MOST_FOUND);
  const order: ListOptions = { most, limit, sort };
  if (!json && !long && columns === undefined) {
    return listOutcome(await peer.sch(text, most), order);
  }
  const { list, here } = await peer.lists.sch(text, most);
  const shown = shownOf(list, order);
  const marks = shown.places.map((i) => here[i] ?? false);
  // Protocol 1 tells of nothing but names.
  const isPlain = json || !list.publishers;
  const lines = isPlain ? shown.list.items : foundTable(shown.list, marks, options);
  return {
    lines: linesAround(shown, lines),
    fields: { ...shown.fields, ...hereFields(shown.list, marks) },
  };
}

/** Which of the items are in the folder, if any are. */
function hereFields({ items }: List, marks: readonly boolean[]) {
  const here = items.filter((_, i) => marks[i]);
  return here.length > 0 ? { here } : {};
}

/** The list with each name once, from how many shares ever it is published. */
function byName({ shares: _, ...list }: List): List {
  const places = new Map(list.items.map((name, i) => [name, i] as const).reverse());
  return pick(list, [...places.values()].reverse());
}
