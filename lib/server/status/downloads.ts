/**
 * What is fetched, as the status shows it.
 *
 * @module
 */

import type { ContentDownloads, Holder } from "../../index/downloads.ts";
import type { Overview } from "../../index/overview.ts";
import type { DownloadStatus, HolderStatus, Part } from "./status.ts";

/** Who is shown of those that fetch a content: a class whole. */
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
  const { total, first } = overview.downloads(now, most);
  return { total, rows: first.map((it) => rowOf(overview, it, now, toTime)) };
}

function rowOf(
  overview: Overview,
  { content, holders, complete }: ContentDownloads,
  now: number,
  toTime: ToTime,
): DownloadStatus {
  const { name = "", active, total } = overview.sourcesOf(content, now);
  const rows = holders.slice(0, MOST_HOLDERS).map((it) => holderOf(it, toTime));
  const { id, size } = content;
  return {
    name,
    id,
    size,
    sources: { active, total },
    complete,
    holders: { total: holders.length, rows },
  };
}

function holderOf({ session: { user, sealed }, bytes, at }: Holder, toTime: ToTime): HolderStatus {
  const device = sealed?.device;
  return { user, ...device === undefined ? {} : { device }, bytes, heardAt: toTime(at) };
}
