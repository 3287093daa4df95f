/**
 * Sealed sessions for tests that seal nothing.
 *
 * @module
 */

import { KEY_BYTES } from "../../lib/protocol/aead.ts";
import type { SealedStart } from "../../lib/index/sessions/sessions.ts";

const KEY = new Uint8Array(KEY_BYTES);

/** The start of a session called `session`, whose keys are those of all others. */
export function sealedAs(session: string): SealedStart {
  const keys = { session, toIndex: KEY, toClient: KEY, moves: KEY, tickets: KEY };
  return { keys, tlsPort: 6_000 };
}
