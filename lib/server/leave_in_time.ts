/**
 * Stopping with an end, whatever the disk or etcd does.
 *
 * @module
 */

import { BitTrickleError } from "../errors.ts";

/**
 * How long a server that was told to stop may take to save and close everything, in milliseconds: a busy
 * disk needs less, and Docker kills after ten seconds.
 */
const LEAVING_MS = 8_000;

/** What a server that stops may wait for. */
export type WaitedFor = "disk" | "etcd";

/**
 * Waits for `running`, which goes to its end once `stopping` fires. If that takes too long it is given
 * up: whoever calls this has to end the process, as `running` still goes on.
 *
 * @param waitedFor What it waits for at the moment
 * @param ms How long that may be, in milliseconds. @default {LEAVING_MS}
 * @throws {BitTrickleError} `disk`, or `network` for etcd, if it takes longer; or whatever `running` throws
 */
export async function leaveInTime(
  running: Promise<void>,
  stopping: AbortSignal,
  waitedFor: () => WaitedFor,
  ms: number = LEAVING_MS,
): Promise<void> {
  const late = Promise.withResolvers<never>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const begin = () => timer = setTimeout(() => late.reject(tooLate(waitedFor(), ms)), ms);
  if (stopping.aborted) begin();
  stopping.addEventListener("abort", begin, { once: true });
  try {
    await Promise.race([running, late.promise]);
  } finally {
    stopping.removeEventListener("abort", begin);
    clearTimeout(timer);
    running.catch(() => {});
  }
}

function tooLate(waitedFor: WaitedFor, ms: number): BitTrickleError {
  const [code, what] = waitedFor === "etcd"
    ? ["network", "leaving the fleet: etcd"] as const
    : ["disk", "closing all files: the disk"] as const;
  const seconds = ms / 1_000;
  const message = `Stopped without ${what} has not answered for ${seconds} s. Whatever was ` +
    "acknowledged is kept";
  return new BitTrickleError(code, message);
}
