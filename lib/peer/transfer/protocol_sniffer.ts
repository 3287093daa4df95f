/**
 * What a peer wants that has just connected: a file by its bare name, or a sealed transfer.
 *
 * @module
 */

import type { Connection } from "../../net/connection.ts";
import { withTimeout } from "../../async/with_timeout.ts";
import { NAME_SEGMENT_BYTES } from "../../protocol/limits.ts";
import { LINE_BYTES } from "../../protocol/transfer.ts";

/** How long the rest of a name may take that came in part, in milliseconds. */
const REST_OF_NAME_MS = 200;

const SEALED = new TextEncoder().encode("BT2/");
const NEWLINE = 0x0a;

/** The first words of a connection: a plain name, or the beginning of a sealed transfer. */
export type FirstWords = { readonly name: string } | { readonly sealed: Uint8Array };

/**
 * Reads until it is clear what the peer wants. Nothing marks the end of a plain name, so it ends
 * when it is one that is known, when the peer says no more, or when nothing follows for a moment.
 */
export async function sniffProtocol(
  connection: Connection,
  isKnown: (name: string) => boolean,
): Promise<FirstWords> {
  const buffer = new Uint8Array(Math.max(LINE_BYTES, NAME_SEGMENT_BYTES + 2));
  let length = 0;
  let read: number | null | undefined = await connection.read(buffer);
  while (read) {
    length += read;
    const words = understand(buffer.subarray(0, length));
    const isWhole = "sealed" in words ? endsLine(words.sealed) : isKnown(words.name);
    if (isWhole || length === buffer.length) return words;
    const more = connection.read(buffer.subarray(length));
    read = "sealed" in words ? await more : await withTimeout(more, REST_OF_NAME_MS);
  }
  return understand(buffer.subarray(0, length));
}

function understand(bytes: Uint8Array): FirstWords {
  if (SEALED.every((byte, i) => byte === bytes[i])) return { sealed: bytes };
  return { name: new TextDecoder().decode(bytes).replace(/\r?\n$/, "") };
}

function endsLine(bytes: Uint8Array): boolean {
  return bytes.includes(NEWLINE);
}
