/**
 * A wait that may be interrupted.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { interrupted } from "../errors.ts";

/**
 * Waits for `ms` milliseconds.
 *
 * @throws {BitTrickleError} `interrupted` by `signal`
 */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await delay(Math.max(0, ms), signal ? { signal } : {}).catch((cause) => {
    throw interrupted(cause);
  });
}
