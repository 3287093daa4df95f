/**
 * Asking an index that may be away for a while.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { AwakeTimer } from "../../async/awake.ts";
import { untilAborted } from "../../async/until_aborted.ts";
import { BitTrickleError, interrupted, isSilence } from "../../errors.ts";
import { DOWNLOAD_PATIENCE_MS, FIND_LOST_MS } from "../../protocol/download_limits.ts";

/** How long to wait for the index. */
export interface PatientAskOptions {
  readonly signal?: AbortSignal | undefined;
  /** How long it may be silent, in milliseconds. @default {DOWNLOAD_PATIENCE_MS} */
  readonly patienceMs?: number | undefined;
}

/**
 * What `ask` comes to, which is asked again for as long as the index is silent.
 *
 * @throws {BitTrickleError} `index_gone` if it is silent for too long, `interrupted`, or of `ask`
 */
export async function askPatiently<T>(
  ask: () => Promise<T>,
  { signal, patienceMs = DOWNLOAD_PATIENCE_MS }: PatientAskOptions,
): Promise<T> {
  let isOver = false;
  using _ = new AwakeTimer(patienceMs, () => isOver = true);
  for (;;) {
    try {
      const asking = ask().then((answer) => ({ answer }));
      const asked = signal ? await untilAborted(asking, signal) : await asking;
      if (asked) return asked.answer;
    } catch (error) {
      if (!(error instanceof BitTrickleError) || !isSilence(error)) throw error;
      if (isOver) throw indexGone(error);
    }
    await delay(Math.min(FIND_LOST_MS, patienceMs), signal ? { signal } : {}).catch(() => {});
    if (signal?.aborted) throw interrupted();
  }
}

/** The error of an index that was waited for as long as it should be. */
export function indexGone(cause: BitTrickleError): BitTrickleError {
  return new BitTrickleError("index_gone", cause.message, { cause });
}
