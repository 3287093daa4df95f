/**
 * Small text files that people write by hand, with whatever editor they have.
 *
 * @module
 */

import { BitTrickleError } from "../errors.ts";

/**
 * The text in the file at `path`: UTF-8, or UTF-16 that says so by its byte order mark, as some
 * Windows programs write it. The mark is no part of the text.
 *
 * @throws {TypeError} if it is neither, and whatever the system says of a file that cannot be read
 */
export async function readText(path: string): Promise<string> {
  return decodeText(await Deno.readFile(path));
}

/**
 * The same at once, for a file of `most` bytes or fewer: more is never read, as there may be no end.
 *
 * @throws {TypeError} if it is no such text, {BitTrickleError} `usage` if it is longer, and whatever the
 * system says
 */
export function readTextSync(path: string, most: number): string {
  using file = Deno.openSync(path);
  const bytes = new Uint8Array(most + 1);
  let length = 0;
  while (length <= most) {
    const count = file.readSync(bytes.subarray(length));
    if (count === null) return decodeText(bytes.subarray(0, length));
    length += count;
  }
  throw new BitTrickleError("usage", `it is longer than ${most} bytes`);
}

function decodeText(bytes: Uint8Array): string {
  try {
    const text = new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
    if (!text.includes("\0")) return text;
  } catch {
    // The runtime says the same in words of its own.
  }
  throw new TypeError("it is no text in UTF-8, nor in UTF-16 with a byte order mark");
}

/** `text` without the byte order mark that a file left in front of it. */
export function withoutMark(text: string): string {
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
}
