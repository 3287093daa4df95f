/**
 * Why no piece of a download comes, and what to say when that has gone on for too long.
 *
 * @module
 */

import { BitTrickleError } from "../../errors.ts";
import type { Lanes } from "./lanes.ts";
import { indexGone } from "../session/patient_ask.ts";
import type { Lull } from "./patience.ts";
import type { SourceFinder } from "./source_finder.ts";
import type { SourceList } from "./source_list.ts";

/** Where a download stands. */
export interface Standing {
  readonly lanes: Lanes;
  readonly sources: SourceList;
  readonly finder: Pick<SourceFinder<unknown>, "isSilent" | "isUpToDate" | "failure">;
}

/** Why nothing comes at this moment; nothing is, while this machine is busy with what came. */
export function lullOf({ lanes, sources, finder }: Standing, now: number): Lull | undefined {
  if (lanes.isAny("working")) return undefined;
  if (lanes.isMoving) return "moving";
  if (lanes.isAny("queued")) return "queue";
  if (finder.isSilent(now)) return "index";
  return sources.isAnyThere || sources.isHopeless ? "sources" : "nobody";
}

/** Whether waiting is pointless: no source will deliver it, and the index knows no other. */
export function isDecided({ lanes, sources, finder }: Standing): boolean {
  // Who is told of a bad piece may say that the file is about to be published anew.
  return sources.isHopeless && finder.isUpToDate && !lanes.isAny("telling");
}

/** The error of a download that gives up. A lie of a source outweighs all else. */
export function failureOf(
  { lanes, sources, finder }: Standing,
  isHopeless: boolean,
  now: number,
): BitTrickleError {
  const { failure } = sources;
  if (failure && (isHopeless || failure.code === "unverified")) return failure;
  if (finder.isSilent(now) && finder.failure) return indexGone(finder.failure);
  const [queued] = lanes.usersWhoAre("queued");
  if (queued !== undefined) return silent(queued, "its queue does not move on");
  if (failure ?? finder.failure) return (failure ?? finder.failure)!;
  const [asked] = lanes.usersWhoAre("asking");
  if (asked !== undefined) return silent(asked, "sends nothing");
  return new BitTrickleError("network", "nobody who has it is there any more");
}

function silent(user: string, reason: string): BitTrickleError {
  return new BitTrickleError("timeout", `${user}: ${reason}`);
}
