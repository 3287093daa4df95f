/**
 * Bytes as text: base64url without padding (RFC 4648 section 5).
 *
 * @module
 */

const OPTIONS = { alphabet: "base64url", omitPadding: true } as const;
const DIGITS = /^[A-Za-z0-9_-]+$/;

/** Writes `bytes`. */
export function toBase64Url(bytes: Uint8Array): string {
  return bytes.toBase64(OPTIONS);
}

/**
 * The bytes, at least one, that `text` stands for, or `undefined` for anything else. One value has one
 * spelling: with spare bits set, a used cookie would look like another one.
 */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!DIGITS.test(text) || text.length % 4 === 1) return undefined;
  const bytes = Uint8Array.fromBase64(text, OPTIONS);
  return toBase64Url(bytes) === text ? bytes : undefined;
}

/** Whether `text` is there and stands for bytes; how many, if `length` says. */
export function isBase64Url(text: string | undefined, length?: number): text is string {
  const bytes = text === undefined ? undefined : fromBase64Url(text);
  return bytes !== undefined && (length === undefined || bytes.length === length);
}
