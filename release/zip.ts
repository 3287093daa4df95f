/**
 * Archives of the format ZIP, of which the same files always make the same bytes.
 *
 * @module
 */

import { crc32 } from "node:zlib";
import type { Entry } from "./entries.ts";

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const VERSION = 20;
/** Names are UTF-8. */
const FLAGS = 0x800;
const DEFLATED = 8;
const UNIX = 3 << 8;
const REGULAR_FILE = 0o100_000;

/** The archive of `entries`, in their order, all of the time `seconds`, since 1970. */
export async function zipOf(
  entries: readonly Entry[],
  seconds: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const directory: Uint8Array<ArrayBuffer>[] = [];
  let offset = 0;
  for (const { path, content, isExecutable } of entries) {
    const name = new TextEncoder().encode(path);
    const deflated = await deflate(content);
    const common = commonFields(seconds, crc32(content), deflated.length, content.length, name);
    const mode = REGULAR_FILE | (isExecutable ? 0o755 : 0o644);
    directory.push(fields([CENTRAL, 4], [UNIX | VERSION, 2]), common);
    directory.push(fields([0, 2], [0, 2], [0, 2], [mode * 0x10000, 4], [offset, 4]), name);
    const local = [fields([LOCAL, 4]), common, name, deflated];
    parts.push(...local);
    offset += lengthOf(local);
  }
  const size = lengthOf(directory);
  const count = entries.length;
  const end = fields([END, 4], [0, 4], [count, 2], [count, 2], [size, 4], [offset, 4], [0, 2]);
  return await new Blob([...parts, ...directory, end]).bytes();
}

/** What the header of a file and its entry in the directory have in common. */
function commonFields(
  seconds: number,
  crc: number,
  deflated: number,
  size: number,
  name: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const [time, day] = dosTime(seconds);
  const head = [[VERSION, 2], [FLAGS, 2], [DEFLATED, 2], [time, 2], [day, 2]] as const;
  return fields(...head, [crc, 4], [deflated, 4], [size, 4], [name.length, 2], [0, 2]);
}

/** Time and day of MS-DOS, here of UTC. */
function dosTime(seconds: number): [time: number, day: number] {
  const date = new Date(seconds * 1_000);
  const [hours, minutes] = [date.getUTCHours(), date.getUTCMinutes()];
  const time = hours << 11 | minutes << 5 | date.getUTCSeconds() >> 1;
  const month = date.getUTCMonth() + 1;
  return [time, date.getUTCFullYear() - 1_980 << 9 | month << 5 | date.getUTCDate()];
}

/** Unsigned numbers of two or four bytes, the least significant byte first. */
function fields(...numbers: readonly (readonly [value: number, bytes: 2 | 4])[]) {
  const bytes = new Uint8Array(numbers.reduce((sum, [, length]) => sum + length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [value, length] of numbers) {
    if (length === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += length;
  }
  return bytes;
}

async function deflate(content: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = ReadableStream.from([content]).pipeThrough(new CompressionStream("deflate-raw"));
  return await new Response(stream).bytes();
}

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}
