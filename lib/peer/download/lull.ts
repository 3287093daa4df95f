/**
 * Why no piece of a download comes, and what to say when that has gone on for too long.
 *
 * @module
 */

import { BitTrickleError } from "../../errors.ts";
import type { PieceFetchers } from "./piece_fetchers.ts";
import { indexGone } from "../session/patient_ask.ts";
import type { Lull } from "./patience.ts";
import type { SourceFinder } from "./source_finder.ts";
import type { SourceList } from "./source_list.ts";

/** Where a download stands. */
export interface Standing {
  readonly fetchers: PieceFetchers;
  readonly sources: SourceList;
  readonly finder: Pick<SourceFinder<unknown>, "isSilent" | "isUpToDate" | "failure">;
}

/** Why nothing comes at this moment; nothing is, while this machine is busy with what came. */
export function lullOf({ fetchers, sources, finder }: Standing, now: number): Lull | undefined {
  if (fetchers.isAny("working")) return undefined;
  if (fetchers.isMoving) return "moving";
  if (fetchers.isAny("queued")) return "queue";
  if (finder.isSilent(now)) return "index";
  // Whoever fetches the file, too, may have nothing for us however well it does.
  const isAsked = fetchers.isAny("asking");
  return isAsked || sources.isAnyThere || sources.isHopeless ? "sources" : "nobody";
}

/** What a download still has. */
export interface Hope {
  readonly isPatient: boolean;
  /** How much of the file is there. */
  readonly bytes: number;
}

/** @throws {BitTrickleError} where waiting is pointless, or has lasted for too long */
export function assertHopeful(standing: Standing, { isPatient, bytes }: Hope, now: number): void {
  const isHopeless = isDecided(standing);
  if (!isHopeless && isPatient) return;
  const { code, message } = failureOf(standing, isHopeless, now);
  const hint = bytes > 0 ? "; what came is kept, so try again later" : "";
  throw new BitTrickleError(code, `${message}${hint}`);
}

/** Whether waiting is pointless: no source will deliver it, and the index knows no other. */
function isDecided({ fetchers, sources, finder }: Standing): boolean {
  // Who is told of a bad piece may say that the file is about to be published anew.
  return sources.isHopeless && finder.isUpToDate && !fetchers.isAny("telling");
}

/** The error of a download that gives up. A lie of a source outweighs all else. */
function failureOf(
  { fetchers, sources, finder }: Standing,
  isHopeless: boolean,
  now: number,
): BitTrickleError {
  const { failure } = sources;
  if (failure && (isHopeless || failure.code === "unverified")) return failure;
  if (finder.isSilent(now) && finder.failure) return indexGone(finder.failure);
  const [queued] = fetchers.usersWhoAre("queued");
  if (queued !== undefined) return silent(queued, "its queue does not move on");
  if (failure ?? finder.failure) return (failure ?? finder.failure)!;
  const [asked] = fetchers.usersWhoAre("asking");
  if (asked !== undefined) return silent(asked, "sends nothing");
  return new BitTrickleError("network", "nobody who has it is there any more; try again later");
}

function silent(user: string, reason: string): BitTrickleError {
  return new BitTrickleError("timeout", `${user}: ${reason}`);
}
