/**
 * A session as the engine keeps it: JSON, sealed like every value.
 *
 * @module
 */

import type { SharedSession } from "../index/sessions/shared_session.ts";
import { KEY_BYTES } from "../protocol/aead.ts";
import { decodeUtf8, encodeUtf8 } from "../protocol/utf8.ts";

/** A session, and the server at which it is open. */
export interface RegisteredSession {
  readonly server: string;
  readonly session: SharedSession;
}

/** The bytes of a session. */
export function encodeSession({ server, session }: RegisteredSession): Uint8Array {
  const ticketKey = session.ticketKey.toHex();
  return encodeUtf8(JSON.stringify({ server, session: { ...session, ticketKey } }));
}

/**
 * The session that `bytes` are, or `undefined` if they are none. Only servers of the fleet can have
 * sealed them, but perhaps of another version.
 */
export function decodeSession(bytes: Uint8Array): RegisteredSession | undefined {
  try {
    const { server, session } = JSON.parse(decodeUtf8(bytes));
    const ticketKey = Uint8Array.fromHex(session.ticketKey);
    const { name, user, address, tcpPort, tlsPort, openedAt, unfinished } = session;
    const texts = [server, name, user, address.hostname];
    const numbers = [address.port, tcpPort, tlsPort, openedAt];
    const isWhole = texts.every((it) => typeof it === "string") &&
      numbers.every((it) => Number.isFinite(it)) &&
      Array.isArray(unfinished) && ticketKey.length === KEY_BYTES;
    return isWhole ? { server, session: { ...session, ticketKey } } : undefined;
  } catch {
    return undefined;
  }
}
