/**
 * Small text files that people write by hand, with whatever editor they have.
 *
 * @module
 */

/**
 * The text in the file at `path`: UTF-8, or UTF-16 that says so by its byte order mark, as some
 * Windows programs write it. The mark is no part of the text.
 *
 * @throws {TypeError} if it is neither, and whatever the system says of a file that cannot be read
 */
export async function readText(path: string): Promise<string> {
  const bytes = await Deno.readFile(path);
  const text = new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
  if (text.includes("\0")) throw new TypeError("UTF-16 without a byte order mark, or no text");
  return text;
}

/** `text` without the byte order mark that a file left in front of it. */
export function withoutMark(text: string): string {
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
}
