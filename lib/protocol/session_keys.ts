/**
 * From the one key that a login leaves to both sides, all that a sealed session needs.
 *
 * @module
 */

import { hkdfSync } from "node:crypto";
import { KEY_BYTES } from "./aead.ts";
import { fromBase64Url, toBase64Url } from "./base64url.ts";

/** Bytes of a session's name. */
export const SESSION_BYTES = 8;

/** What both sides of a session know. */
export interface SessionKeys {
  /** The session's name on the wire, in base64url. */
  readonly session: string;
  /** Seals what the client says. */
  readonly toIndex: Uint8Array;
  /** Seals what the index says. */
  readonly toClient: Uint8Array;
  /** Seals what the index allows others to fetch from this client. */
  readonly tickets: Uint8Array;
}

/** Derives by HKDF-SHA-256 (RFC 5869) from an OPAQUE session key in base64url. */
export function deriveSessionKeys(sessionKey: string): SessionKeys {
  const secret = fromBase64Url(sessionKey)!;
  const derive = (purpose: string, length: number) => {
    return new Uint8Array(hkdfSync("sha256", secret, "", `BitTrickle 2 ${purpose}`, length));
  };
  return {
    session: toBase64Url(derive("session name", SESSION_BYTES)),
    toIndex: derive("client to index", KEY_BYTES),
    toClient: derive("index to client", KEY_BYTES),
    tickets: derive("tickets", KEY_BYTES),
  };
}
