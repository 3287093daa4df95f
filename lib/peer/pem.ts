/**
 * PEM (RFC 7468), in which the runtime takes keys and certificates.
 *
 * @module
 */

const LINE_CHARACTERS = 64;

/** `bytes`, in DER, as what `label` says. */
export function toPem(label: "CERTIFICATE" | "PRIVATE KEY", bytes: Uint8Array): string {
  const lines = bytes.toBase64().match(new RegExp(`.{1,${LINE_CHARACTERS}}`, "g")) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
