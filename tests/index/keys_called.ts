/**
 * Keys of sealed sessions for tests that seal nothing.
 *
 * @module
 */

import { KEY_BYTES } from "../../lib/protocol/aead.ts";
import type { SessionKeys } from "../../lib/protocol/session_keys.ts";

const KEY = new Uint8Array(KEY_BYTES);

/** Keys, all alike, of the session called `session`. */
export function keysCalled(session: string): SessionKeys {
  return { session, toIndex: KEY, toClient: KEY, tickets: KEY };
}
