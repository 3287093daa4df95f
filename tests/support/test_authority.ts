/**
 * A certificate authority without an index, and certificates by it.
 *
 * @module
 */

import { randomBytes } from "node:crypto";
import { AUTHORITY_SEED_BYTES } from "../../lib/index/login/server_keys.ts";
import { Certificates } from "../../lib/index/certificates.ts";
import type { TlsIdentity } from "../../lib/net/tls_terminator.ts";
import { makeKey } from "../../lib/peer/certificates.ts";
import { toPem } from "../../lib/peer/pem.ts";
import { fromBase64Url } from "../../lib/protocol/base64url.ts";
import { labelOf, TLS_PROTOCOL } from "../../lib/protocol/tls.ts";

/** Somebody who has a certificate, and the label that it is for. */
export interface LabelledIdentity extends TlsIdentity {
  readonly label: string;
}

/** An authority of its own. */
export class TestAuthority {
  readonly #certificates = new Certificates(randomBytes(AUTHORITY_SEED_BYTES));

  /** Its certificate, in PEM. */
  async certificate(): Promise<string> {
    return pemOf(await this.#certificates.authority());
  }

  /** A new key, with a certificate. */
  async identity(): Promise<LabelledIdentity> {
    const { spki, privateKey: key } = makeKey();
    const certificate = pemOf(await this.#certificates.issue(spki));
    return { certificate, key, protocol: TLS_PROTOCOL, label: labelOf(spki) };
  }
}

function pemOf(certificate: string): string {
  return toPem(fromBase64Url(certificate)!);
}
