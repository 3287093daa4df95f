/**
 * Small text files that people write by hand, with whatever editor they have.
 *
 * @module
 */

import { BitTrickleError } from "../errors.ts";

/** The runtime's own error for it could as well be one for a path that the system does not accept. */
const NO_TEXT = "it is not UTF-8 text, nor UTF-16 with a byte order mark";

/**
 * The text in the file at `path`: UTF-8, or UTF-16 that says so by its byte order mark, as some
 * Windows programs write it. The mark is no part of the text.
 *
 * @throws {BitTrickleError} `usage` if it is neither, and whatever the system says of a file that cannot
 * be read
 */
export async function readText(path: string): Promise<string> {
  return decodeText(await Deno.readFile(path));
}

function decodeText(bytes: Uint8Array): string {
  try {
    const text = new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
    if (!text.includes("\0")) return text;
  } catch {
    // The runtime says the same in words of its own.
  }
  throw new BitTrickleError("usage", NO_TEXT);
}

/** `text` without the byte order mark that a file left in front of it. */
export function withoutMark(text: string): string {
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
}
