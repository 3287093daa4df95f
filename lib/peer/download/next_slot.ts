/**
 * Which source a download connects to next, and which one makes room.
 *
 * @module
 */

import { DOWNLOAD_CONNECTIONS, MOST_DOWNLOAD_CONNECTIONS } from "../../protocol/download_limits.ts";
import type { PieceFetchers } from "./piece_fetchers.ts";
import type { SourceList, SourceSlot } from "./source_list.ts";

/** How long a partial source may bring nothing while others could be asked, in milliseconds. */
const GIVE_WAY_MS = 10_000;

/** Where the connections of a download stand. */
export interface ConnectionStanding {
  readonly fetchers: PieceFetchers;
  readonly sources: SourceList;
  /** How many pieces are worth asking for. */
  readonly wanted: number;
  /** Whether nothing has come for a while. */
  readonly isSlow: boolean;
  /** Whether partial sources are connected. */
  readonly isOn: boolean;
}

/** Room at the source to connect to now; nothing if there are enough connections. */
export function nextSlot(
  { fetchers, sources, wanted, isSlow, isOn }: ConnectionStanding,
  now: number,
): SourceSlot | undefined {
  if (fetchers.size >= MOST_DOWNLOAD_CONNECTIONS) return undefined;
  // In a swarm one connection to each source is enough, as there are many.
  if (isOn || sources.isAnyPartial) return sources.take(1, now);
  // A source that delivers nothing for a while is raced by sources that are idle for this file.
  if (fetchers.pieces >= (isSlow ? 2 * wanted : wanted)) return undefined;
  return sources.take(fetchers.pieces < wanted ? DOWNLOAD_CONNECTIONS : 1, now);
}

/** Has a partial source that brings nothing left, if there are more sources than can be asked. */
export function giveWay({ fetchers, sources }: ConnectionStanding, now: number): void {
  if (fetchers.size < MOST_DOWNLOAD_CONNECTIONS || !sources.isAnyFree(now)) return;
  const idle = fetchers.idleSince(now - GIVE_WAY_MS);
  if (!idle) return;
  sources.rest(idle.id, now);
  idle.leave();
}
