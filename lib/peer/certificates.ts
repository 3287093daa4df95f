/**
 * What a client needs of the index's certificate authority: its certificate, to check sources by, and one
 * for its own key, to be checked by.
 *
 * @module
 */

import { generateKeyPairSync } from "node:crypto";
import { BitTrickleError } from "../errors.ts";
import { fromBase64Url, toBase64Url } from "../protocol/base64url.ts";
import { toPem } from "./pem.ts";
import type { Ask, SessionRequest } from "./session/index_session.ts";

/** A key pair of this program, which is never stored. */
export interface PeerKey {
  /** The public key, see `tls.ts`, in base64url. */
  readonly spki: string;
  /** In PEM. */
  readonly privateKey: string;
}

/** Makes a key pair. WebCrypto would take 30 ms for the first one, most of a login. */
export function makeKey(): PeerKey {
  const { publicKey, privateKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    publicKeyEncoding: { type: "spki", format: "der" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  return { spki: toBase64Url(publicKey), privateKey };
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
  return toPem(fromBase64Url(reply.certificate)!);
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
