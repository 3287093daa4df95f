/**
 * Sealed sessions for tests that seal nothing.
 *
 * @module
 */

import { KEY_BYTES } from "../../lib/protocol/aead.ts";
import type { SealedStart } from "../../lib/index/sessions/sessions.ts";

const KEY = new Uint8Array(KEY_BYTES);

/** What sessions serve in tests in which each user has but one share. */
export const SHARE = "0123456789abcdef";

/** The start of a session called `session`, whose keys are those of all others. */
export function sealedAs(session: string, share: string | undefined = SHARE): SealedStart {
  const keys = { session, toIndex: KEY, toClient: KEY, moves: KEY, tickets: KEY };
  return { keys, share, tlsPort: 6_000 };
}
