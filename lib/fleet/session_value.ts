/**
 * A session as etcd keeps it: JSON, sealed like every value.
 *
 * @module
 */

import { isIP } from "node:net";
import type { SharedSession } from "../index/sessions/shared_session.ts";
import { KEY_BYTES } from "../protocol/aead.ts";
import { isWhole, parseContent } from "../protocol/content.ts";
import { isField } from "../protocol/fields.ts";
import { HIGHEST_PORT } from "../protocol/limits.ts";
import { isShare } from "../protocol/share.ts";
import { isLabel } from "../protocol/tls.ts";
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
    const isRight = isText(server) && ticketKey.length === KEY_BYTES && isSession(session);
    return isRight ? { server, session: { ...session, ticketKey } } : undefined;
  } catch {
    return undefined;
  }
}

function isSession(session: Record<string, unknown>): boolean {
  const { name, user, address, openedAt, unfinished } = session;
  const { share, otherHost, tlsLabel, agent, device, folder, advertised } = session;
  const { hostname, port } = address as Record<string, unknown>;
  return [name, user].every(isText) && isHost(hostname) && Number.isFinite(openedAt) &&
    [port, session.tcpPort, session.tlsPort].every(isPort) &&
    [agent, device, folder].every((it) => it === undefined || isText(it)) &&
    [otherHost, advertised].every((it) => it === undefined || isHost(it)) &&
    (share === undefined || isText(share) && isShare(share)) &&
    (tlsLabel === undefined || isText(tlsLabel) && isLabel(tlsLabel)) &&
    Array.isArray(unfinished) && unfinished.every(isContent);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && isField(value);
}

function isHost(value: unknown): boolean {
  return isText(value) && isIP(value) !== 0;
}

function isPort(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= HIGHEST_PORT;
}

function isContent(value: unknown): boolean {
  const { id, size } = value as Record<string, unknown>;
  return isText(id) && Number.isSafeInteger(size) && isWhole(parseContent(`${id}:${size}`));
}
