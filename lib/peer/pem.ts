/**
 * PEM (RFC 7468), in which the runtime takes certificates.
 *
 * @module
 */

const LINE_CHARACTERS = 64;

/** The certificate `bytes`, in DER, as text. */
export function toPem(bytes: Uint8Array): string {
  const lines = bytes.toBase64().match(new RegExp(`.{1,${LINE_CHARACTERS}}`, "g")) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}
