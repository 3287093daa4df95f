/**
 * In which order the items of a list are shown.
 *
 * @module
 */

import { usage } from "../cli/parse_flags.ts";
import type { List } from "../peer/session/index_session.ts";
import { escapeText } from "../protocol/escape.ts";

/** What a list can be sorted by. */
export const LIST_KEYS = ["name", "size", "sources"] as const;

export type ListKey = typeof LIST_KEYS[number];

/**
 * What `--sort` says.
 *
 * @throws {BitTrickleError} `usage`
 */
export function listKeyOf(text: string): ListKey {
  const key = LIST_KEYS.find((key) => key === text);
  if (key) return key;
  throw usage(`--sort takes ${LIST_KEYS.join(", ")}, not "${escapeText(text)}"`);
}

/**
 * How many items `--limit` lets through.
 *
 * @throws {BitTrickleError} `usage`
 */
export function limitOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw usage(`--limit takes a whole number from 1 on, not "${escapeText(text)}"`);
}

/** Whether all items have to be known before the first is. */
export function needsAll(key: ListKey | undefined): boolean {
  return key !== undefined && key !== "name";
}

/**
 * The places of the items of `list` in the order of `key`: largest and most first, and then by name.
 * Items of which that is not known come last.
 *
 * @param key @default the order in which they came
 */
export function orderOf(list: List, key: ListKey | undefined): number[] {
  const places = list.items.map((_, i) => i);
  if (key === undefined) return places;
  const { items, details, publishers } = list;
  const weight = {
    name: () => 0,
    size: (i: number) => details?.[i]?.size ?? -1,
    sources: (i: number) => publishers?.[i]?.active ?? -1,
  }[key];
  const byName = (a: number, b: number) =>
    items[a]! < items[b]! ? -1 : items[a] === items[b] ? 0 : 1;
  return places.sort((a, b) => weight(b) - weight(a) || byName(a, b));
}

/** The items of `list` that are at `places`, with all that is told of each. */
export function pick(list: List, places: readonly number[]): List {
  const { items, details, publishers, shares, sessions, ...rest } = list;
  const at = <T>(column: readonly T[]) => places.map((i) => column[i]!);
  return {
    ...rest,
    items: at(items),
    ...details ? { details: at(details) } : {},
    ...publishers ? { publishers: at(publishers) } : {},
    ...shares ? { shares: at(shares) } : {},
    ...sessions ? { sessions: at(sessions) } : {},
  };
}
