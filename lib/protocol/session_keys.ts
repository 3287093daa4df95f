/**
 * From the one key that a login leaves to both sides, all that a sealed session needs.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { hkdfSync } from "node:crypto";
import { KEY_BYTES } from "./aead.ts";

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
  const secret = Buffer.from(sessionKey, "base64url");
  const derive = (purpose: string, length: number) => {
    return new Uint8Array(hkdfSync("sha256", secret, "", `BitTrickle 2 ${purpose}`, length));
  };
  return {
    session: Buffer.from(derive("session name", SESSION_BYTES)).toString("base64url"),
    toIndex: derive("client to index", KEY_BYTES),
    toClient: derive("index to client", KEY_BYTES),
    tickets: derive("tickets", KEY_BYTES),
  };
}
