/**
 * Text from the network that has an end.
 *
 * @module
 */

import { BitTrickleError, malformed } from "../errors.ts";
import { fetchFault } from "./fetch_fault.ts";

/**
 * All that `response` says, or what it has said until `signal`.
 *
 * @throws {BitTrickleError} `malformed` if it is longer than `most` bytes; `network` if it breaks off
 */
export async function readText(
  response: Response,
  most: number,
  signal?: AbortSignal,
): Promise<string> {
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let bytes = 0;
  for await (const chunk of chunksOf(response.body, signal)) {
    bytes += chunk.length;
    if (bytes > most) throw tooLong(most);
    parts.push(decoder.decode(chunk, { stream: true }));
  }
  return parts.join("") + decoder.decode();
}

/**
 * The lines of `stream`, until `signal`; what follows the last line feed is none.
 *
 * @throws {BitTrickleError} `malformed` if one is longer than `most` bytes; `network` if it breaks off
 */
export async function* linesOf(
  stream: ReadableStream<Uint8Array>,
  most: number,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let [parts, length]: [string[], number] = [[], 0];
  for await (const chunk of chunksOf(stream, signal)) {
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

/** What comes, until the end or `signal`: the runtime may not break off a read that waits already. */
async function* chunksOf(
  stream: ReadableStream<Uint8Array> | null,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (!stream) return;
  const reader = stream.getReader();
  const cancel = () => void reader.cancel().catch(() => {});
  signal?.addEventListener("abort", cancel, { once: true });
  try {
    for (let it = await reader.read(); !it.done; it = await reader.read()) yield it.value;
  } catch (cause) {
    throw new BitTrickleError("network", `etcd has broken it off: ${fetchFault(cause)}`, { cause });
  } finally {
    signal?.removeEventListener("abort", cancel);
    cancel();
  }
}

function tooLong(most: number): BitTrickleError {
  return malformed(`etcd answers with more than ${most} bytes`);
}
