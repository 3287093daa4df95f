/**
 * What is fetched, as the status shows it.
 *
 * @module
 */

import type { FetchedContent, Overview } from "../../index/overview.ts";
import type { DownloadStatus, HolderStatus, Part } from "./status.ts";

/** Who is shown of those that fetch a content. */
const MOST_HOLDERS = 50;

/** Turns a time of the index's clock into one for people. */
export type ToTime = (at: number) => string;

/** The contents that most fetch at `now`, `most` of them. */
export function downloadsIn(
  overview: Overview,
  now: number,
  most: number,
  toTime: ToTime,
): Part<DownloadStatus> {
  const rows = overview.mostFetched(now, most).map((it) => rowOf(overview, it, now, toTime));
  return { total: overview.fetched, rows };
}

function rowOf(
  overview: Overview,
  { content, holders }: FetchedContent,
  now: number,
  toTime: ToTime,
): DownloadStatus {
  const { name = "", active, total } = overview.sourcesOf(content, now);
  const shown = holders.slice(0, MOST_HOLDERS).map(({ session, at }): HolderStatus => ({
    user: session.user,
    ...session.sealed?.device === undefined ? {} : { device: session.sealed.device },
    bytes: 0, // How much, the index is not told.
    heardAt: toTime(at),
  }));
  const sources = { active, total };
  const holding = { total: holders.length, rows: shown };
  return { name, ...content, sources, complete: 0, holders: holding };
}
