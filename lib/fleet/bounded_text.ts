/**
 * Text from the network that has an end.
 *
 * @module
 */

import { BitTrickleError, malformed, reasonOf } from "../errors.ts";

/**
 * All that `response` says.
 *
 * @throws {BitTrickleError} `malformed` if it is longer than `most` bytes; `network` if it breaks off
 */
export async function readText(response: Response, most: number): Promise<string> {
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let bytes = 0;
  for await (const chunk of chunksOf(response.body)) {
    bytes += chunk.length;
    if (bytes > most) throw tooLong(most);
    parts.push(decoder.decode(chunk, { stream: true }));
  }
  return parts.join("") + decoder.decode();
}

/**
 * The lines of `stream`; what follows the last line feed is none.
 *
 * @throws {BitTrickleError} `malformed` if one is longer than `most` bytes; `network` if it breaks off
 */
export async function* linesOf(
  stream: ReadableStream<Uint8Array>,
  most: number,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let [parts, length]: [string[], number] = [[], 0];
  for await (const chunk of chunksOf(stream)) {
    const [first, ...others] = decoder.decode(chunk, { stream: true }).split("\n");
    parts.push(first!);
    length += first!.length;
    if (length > most) throw tooLong(most);
    for (const next of others) {
      yield parts.join("");
      [parts, length] = [[next], next.length];
    }
  }
}

async function* chunksOf(stream: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  if (!stream) return;
  try {
    for await (const chunk of stream) yield chunk;
  } catch (cause) {
    if (cause instanceof BitTrickleError) throw cause;
    throw new BitTrickleError("network", `etcd has broken it off: ${reasonOf(cause)}`, { cause });
  }
}

function tooLong(most: number): BitTrickleError {
  return malformed(`etcd answers with more than ${most} bytes`);
}
