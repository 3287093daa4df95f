/**
 * Where the servers of a fleet register their sessions, so that each knows of all.
 *
 * @module
 */

import type { SealedSession } from "./sessions/sessions.ts";

/** Registers the sessions of one server. */
export interface SessionRegistry {
  /** Whether sessions may be open at `now`, in milliseconds: not once this server is cut off. */
  isConnected(now: number): boolean;

  /**
   * Registers a session of which nobody has been told. What is returned is done when all that was
   * published anywhere until then is known here, so that its user never sees less than before, and
   * tells when that was, in milliseconds of this server's clock; nothing if the user has too many
   * sessions in the whole fleet.
   *
   * @throws {BitTrickleError} `network` if this server is cut off
   */
  register(session: SealedSession): Promise<number | undefined>;
}
