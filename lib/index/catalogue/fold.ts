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
  const lower = text.toLowerCase();
  return lower.includes("ς") ? lower.replaceAll("ς", "σ") : lower;
}
