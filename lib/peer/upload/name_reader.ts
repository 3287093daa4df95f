/**
 * Which file a peer wants that has connected to the plain port.
 *
 * @module
 */

import type { Connection } from "../../net/connection.ts";
import { withTimeout } from "../../async/with_timeout.ts";
import { NAME_SEGMENT_BYTES } from "../../protocol/limits.ts";

/** How long the rest of a name may take that came in part, in milliseconds. */
const REST_OF_NAME_MS = 200;

/** Longest name, with its end of line. */
const LINE_BYTES = NAME_SEGMENT_BYTES + 2;

/**
 * Reads a bare name. Nothing marks its end, so it ends when it is one that is known, when the peer says no
 * more, or when nothing follows for a moment.
 */
export async function readName(
  connection: Connection,
  isKnown: (name: string) => boolean,
): Promise<string> {
  const buffer = new Uint8Array(LINE_BYTES);
  let length = 0;
  let read: number | null | undefined = await connection.read(buffer);
  while (read) {
    length += read;
    const name = nameIn(buffer.subarray(0, length));
    if (isKnown(name) || length === buffer.length) return name;
    read = await withTimeout(connection.read(buffer.subarray(length)), REST_OF_NAME_MS);
  }
  return nameIn(buffer.subarray(0, length));
}

function nameIn(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).replace(/\r?\n$/, "");
}
