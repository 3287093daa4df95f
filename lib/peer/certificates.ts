/**
 * What a client needs of the index's certificate authority: its certificate, to check sources by, and one
 * for its own key, to be checked by.
 *
 * @module
 */

import { BitTrickleError } from "../errors.ts";
import { fromBase64Url, toBase64Url } from "../protocol/base64url.ts";
import { toPem } from "./pem.ts";
import type { Ask, SessionRequest } from "./session/index_session.ts";

const CURVE = { name: "ECDSA", namedCurve: "P-256" } as const;

/** A key pair of this program, which is never stored. */
export interface PeerKey {
  /** The public key, see `tls.ts`, in base64url. */
  readonly spki: string;
  /** In PEM. */
  readonly privateKey: string;
}

/** Makes a key pair. */
export async function makeKey(): Promise<PeerKey> {
  const pair = await crypto.subtle.generateKey(CURVE, true, ["sign", "verify"]);
  const spki = await crypto.subtle.exportKey("spki", pair.publicKey);
  const secret = await crypto.subtle.exportKey("pkcs8", pair.privateKey);
  return {
    spki: toBase64Url(new Uint8Array(spki)),
    privateKey: toPem("PRIVATE KEY", new Uint8Array(secret)),
  };
}

/**
 * The certificate that the index issues for the public key `spki`, or its own authority's if there is none,
 * in PEM.
 *
 * @throws {BitTrickleError} of the index
 */
export async function askForCertificate(ask: Ask, spki?: string): Promise<string> {
  const request: SessionRequest = spki === undefined ? { verb: "ca" } : { verb: "cert", spki };
  const reply = await ask(request);
  if (reply.kind !== "certificate") {
    throw new BitTrickleError("refused", "The index issues no certificates");
  }
  return toPem("CERTIFICATE", fromBase64Url(reply.certificate)!);
}

/** Asks for the authority's certificate once: it is the same as long as the index has its key. */
export function authorityBy(ask: Ask): () => Promise<string> {
  let authority: Promise<string> | undefined;
  return () =>
    authority ??= askForCertificate(ask).catch((error) => {
      authority = undefined;
      throw error;
    });
}
