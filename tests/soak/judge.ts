/**
 * Whether a `get` ended right.
 *
 * @module
 */

import type { FaultLog } from "./fault_log.ts";
import { INDEX } from "./fault_plan.ts";
import type { Answer } from "./json_shell.ts";
import type { SharedFile } from "./shared_files.ts";

/** How long a `get` may take when nobody whom it needs is in trouble, in milliseconds. */
export const QUIET_MS = 60_000;
/** How long after a trouble its victim may be missed: 6 s of silence, a login, a heartbeat. */
const GRACE_MS = 10_000;

/** A `get` that has ended. Times are milliseconds of `performance.now()`. */
export interface EndedGet {
  readonly client: number;
  readonly file: SharedFile;
  readonly began: number;
  readonly ended: number;
  readonly answer: Answer;
  /** Whether the copy is what its owners have; only of a result. */
  readonly isRight: boolean;
  /** Whether some of the file had come; only of an error. */
  readonly hadBegun: boolean;
}

/** What is wrong with `get`, if something is. */
export function faultOf(get: EndedGet, log: FaultLog): string | undefined {
  if (get.answer.type === "result" && !get.isRight) {
    return `no right copy is there: ${JSON.stringify(get.answer)}`;
  }
  const healthyMs = get.ended - Math.max(get.began, lastTroubleOf(get, log));
  if (healthyMs > QUIET_MS) return `it took ${seconds(healthyMs)} s after the last trouble`;
  if (get.answer.type === "result" || isExcused(get, log)) return undefined;
  const what = `${get.answer.code}: ${get.answer.message}`;
  return get.hadBegun ? `it was given up half way: ${what}` : what;
}

/** When those whom `get` needs were last in trouble. */
function lastTroubleOf({ client, file, ended }: EndedGet, log: FaultLog): number {
  return log.lastTrouble([client, INDEX, ...file.owners], ended);
}

/** Whether `get` could not begin, as somebody whom it needs was cut off. */
function isExcused(get: EndedGet, log: FaultLog): boolean {
  const { client, file, began, ended, answer, hadBegun } = get;
  const wasCutOff = (party: number) => log.wasCutOff([party], began - GRACE_MS, ended);
  if (hadBegun) return false;
  const areSourcesGone = wasCutOff(INDEX) || file.owners.every(wasCutOff);
  if (answer.code === "not_found") return areSourcesGone;
  const isSilence = answer.code === "timeout" || answer.code === "network";
  return isSilence && (areSourcesGone || wasCutOff(client));
}

function seconds(ms: number): number {
  return Math.round(ms / 1_000);
}
