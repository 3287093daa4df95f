/**
 * The keys of a server beside OPAQUE's. All are derived from that one, so that there is one secret to
 * keep and to back up.
 *
 * @module
 */

import { hkdfSync } from "node:crypto";
import { KEY_BYTES } from "../../protocol/aead.ts";
import { fromBase64Url } from "../../protocol/base64url.ts";
import { SIGNING_SEED_BYTES } from "../../protocol/signature.ts";

/**
 * The order of P-256 has 256 bits, and FIPS 186-5 asks for 64 more: reduced by the order, so many are as
 * good as evenly spread.
 */
export const AUTHORITY_SEED_BYTES = 48;

/** What follows from the server's long-term key, and is the same wherever that key is. */
export interface ServerKeys {
  /** Signs what is said before a login: the seed of an Ed25519 key, see `signature.ts`. */
  readonly signingSeed: Uint8Array;
  /** Becomes the private key of the certificate authority, see `certificates.ts`. */
  readonly authoritySeed: Uint8Array;
}

/** Derives by HKDF-SHA-256 (RFC 5869) from `setup`, which `server.createSetup()` of OPAQUE made. */
export function deriveServerKeys(setup: string): ServerKeys {
  return {
    signingSeed: derive(setup, "", "signing seed", SIGNING_SEED_BYTES),
    authoritySeed: derive(setup, "", "certificate authority", AUTHORITY_SEED_BYTES),
  };
}

/**
 * The key that makes the values of resets. It is one server's alone: another with the same `setup` does
 * not know the sessions, and whoever showed it a message would get a reset that their clients believe.
 *
 * @param instance Tells this server from others with its key, and is the same after a restart
 */
export function deriveResetKey(setup: string, instance: string): Uint8Array {
  return derive(setup, instance, "reset key", KEY_BYTES);
}

function derive(setup: string, salt: string, purpose: string, length: number): Uint8Array {
  const secret = fromBase64Url(setup)!;
  return new Uint8Array(hkdfSync("sha256", secret, salt, `BitTrickle 2 ${purpose}`, length));
}
