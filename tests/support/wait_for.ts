/**
 * Waiting for a condition, never for a while.
 *
 * @module
 */

import { AssertionError } from "@std/assert";
import { delay } from "@std/async/delay";

const POLL_MS = 10;

/**
 * Resolves as soon as `condition` holds; fails with `what` if it does not within `ms`.
 *
 * @param pollMs How long it waits before it looks again
 */
export async function waitFor(
  what: string,
  condition: () => boolean | Promise<boolean>,
  ms = 10_000,
  pollMs = POLL_MS,
): Promise<void> {
  const deadline = performance.now() + ms;
  while (!await condition()) {
    if (performance.now() > deadline) throw new AssertionError(`Waited ${ms} ms for ${what}`);
    await delay(pollMs);
  }
}
