/**
 * Archives of the format ustar (POSIX.1-1988), of which the same files always make the same bytes.
 *
 * @module
 */

import { type Entry, foldersOf } from "./entries.ts";

const BLOCK = 512;
/** So many bytes a header has for the end of a path, and for what is before it. */
const MOST_NAME = 100;
const MOST_PREFIX = 155;

/**
 * The archive of `entries`, in their order, each folder before what is in it. Everything belongs to
 * root and is of the time `seconds`, since 1970.
 *
 * @throws {RangeError} for a path that the format has no place for, or that is not ASCII
 */
export function tarOf(entries: readonly Entry[], seconds: number): Uint8Array<ArrayBuffer>[] {
  const folders = foldersOf(entries).map((path) =>
    headerOf(path, { type: "5", mode: 0o755, seconds })
  );
  const files = entries.flatMap(({ path, content, isExecutable }) => {
    const mode = isExecutable ? 0o755 : 0o644;
    const header = headerOf(path, { type: "0", mode, seconds, size: content.length });
    return [header, content, new Uint8Array(-content.length & BLOCK - 1)];
  });
  return [...folders, ...files, new Uint8Array(2 * BLOCK)];
}

/** The same, compressed. */
export async function tarGzOf(
  entries: readonly Entry[],
  seconds: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const stream = ReadableStream.from(tarOf(entries, seconds));
  return await new Response(stream.pipeThrough(new CompressionStream("gzip"))).bytes();
}

/**
 * name(100) mode(8) uid(8) gid(8) size(12) mtime(12) checksum(8) type(1) link(100) "ustar" NUL "00"
 * owner(32) group(32) major(8) minor(8) prefix(155), numbers in octal.
 */
function headerOf(
  path: string,
  { type, mode, seconds, size = 0 }: { type: string; mode: number; seconds: number; size?: number },
): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(BLOCK);
  const [prefix, name] = split(path);
  const put = (text: string, at: number) => header.set(new TextEncoder().encode(text), at);
  put(name, 0);
  put(`${octal(mode, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0`, 100);
  put(`${octal(size, 11)}\0${octal(seconds, 11)}\0        ${type}`, 124);
  put("ustar\x0000root", 257);
  put("root", 297);
  put(prefix, 345);
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(`${octal(sum, 6)}\0 `, 148);
  return header;
}

/** A long path is split at one of its slashes, the first that leaves a name short enough. */
function split(path: string): [prefix: string, name: string] {
  const isAscii = /^[\x21-\x7e]+$/.test(path);
  if (isAscii && path.length <= MOST_NAME) return ["", path];
  const at = path.indexOf("/", path.length - MOST_NAME - 1);
  if (!isAscii || at < 0 || at > MOST_PREFIX || at === path.length - 1) {
    throw new RangeError(`"${path}" cannot be in an archive`);
  }
  return [path.slice(0, at), path.slice(at + 1)];
}

function octal(number: number, digits: number): string {
  return number.toString(8).padStart(digits, "0");
}
