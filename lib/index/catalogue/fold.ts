/**
 * Letters without their case.
 *
 * @module
 */

/**
 * `text` without case. Character by character, so that what is within a text is within the folded
 * one too: the small sigma that ends a word is none of its own.
 */
export function foldCase(text: string): string {
  return text.toLowerCase().replaceAll("ς", "σ");
}

/** `text` with only the letters of ASCII folded. */
export function foldAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** What each byte of UTF-8 becomes when only the letters of ASCII are folded. */
export const FOLDED_BYTES: Uint8Array = Uint8Array.from(
  { length: 256 },
  (_, byte) => byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte,
);

/** What each byte becomes when nothing is folded. */
export const SAME_BYTES: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => byte);
