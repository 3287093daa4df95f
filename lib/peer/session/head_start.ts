/**
 * When the next one of several addresses is tried as well.
 *
 * @module
 */

import { withTimeout } from "../../async/with_timeout.ts";
import { ANSWERED_START_MS, HEAD_START_MS } from "../../protocol/address_limits.ts";
import type { SealedLink } from "./sealed_link.ts";

/**
 * Waits for as long as a login over `link` goes on alone, or until `attempt` has ended. A server that has answered
 * is there, and may have much to do. A login that is begun at another one as well would be more to do for that, and
 * count there as a guess, as it is not finished.
 */
export async function headStart(
  link: Pick<SealedLink, "heardSealed">,
  attempt: Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  const ending = attempt.then(() => true, () => true);
  const ends = (ms: number) => withTimeout(ending, ms, signal).catch(() => true);
  if (await ends(HEAD_START_MS)) return;
  if (link.heardSealed) await ends(ANSWERED_START_MS - HEAD_START_MS);
}
