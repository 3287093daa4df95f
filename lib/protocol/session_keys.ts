/**
 * From the one key that a login leaves to both sides, all that a sealed session needs. Everything is
 * derived by HKDF-SHA-256 (RFC 5869) from an OPAQUE session key.
 *
 * @module
 */

import { hkdfSync } from "node:crypto";
import { KEY_BYTES } from "./aead.ts";
import { fromBase64Url, toBase64Url } from "./base64url.ts";
import { SALT_BYTES, SESSION_BYTES } from "./sealed_message.ts";

/** What both sides of a session know. */
export interface SessionKeys {
  /** The session's name on the wire, in base64url. */
  readonly session: string;
  /** Seals what the client says. */
  readonly toIndex: Uint8Array;
  /** Seals what the index says, the welcome included. */
  readonly toClient: Uint8Array;
  /** Seals what the index says to an address that is not proven: see `roaming.ts`. */
  readonly moves: Uint8Array;
  /** Seals what the index allows others to fetch from this client. */
  readonly tickets: Uint8Array;
}

const NO_SALT = new Uint8Array();

/** Seals the one text that a client sends before there is a session: that of its login. */
export function deriveLoginKey(sessionKey: string): Uint8Array {
  return derive(sessionKey, NO_SALT, "login", KEY_BYTES);
}

/**
 * The keys of the session that the index has opened with `salt`. An index takes a new salt for each
 * answer to a login, so that a login that is answered twice never yields the same keys.
 *
 * @param sessionKey OPAQUE's, in base64url
 * @param salt {@linkcode SALT_BYTES} random bytes, from the welcome
 */
export function deriveSessionKeys(sessionKey: string, salt: Uint8Array): SessionKeys {
  if (salt.length !== SALT_BYTES) throw new RangeError("a salt has 16 bytes");
  const key = (purpose: string) => derive(sessionKey, salt, purpose, KEY_BYTES);
  const session = derive(sessionKey, salt, "session name", SESSION_BYTES);
  return {
    session: toBase64Url(session),
    toIndex: key("client to index"),
    toClient: key("index to client"),
    moves: key("moves"),
    tickets: key("tickets"),
  };
}

function derive(sessionKey: string, salt: Uint8Array, purpose: string, bytes: number): Uint8Array {
  const secret = fromBase64Url(sessionKey)!;
  return new Uint8Array(hkdfSync("sha256", secret, salt, `BitTrickle 2 ${purpose}`, bytes));
}
