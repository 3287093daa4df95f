/**
 * Writing to standard output and standard error, whole and at once.
 *
 * @module
 */

import { BitTrickleError, reasonOf } from "../errors.ts";

const encoder = new TextEncoder();

/** Where a program writes. */
export type Sink = (text: string) => void;

/**
 * Writes `text` to standard output. A terminal that is closed takes it without a word.
 *
 * @throws {BitTrickleError} `reader_gone` or `disk`
 */
export const toStdout: Sink = (text) => writeAll(Deno.stdout, text);

/** Writes `text` to standard error, as far as that takes it: there is no other place to say so. */
export const toStderr: Sink = (text) => {
  try {
    writeAll(Deno.stderr, text);
  } catch {
    // What it is about goes on.
  }
};

/** Writes `bytes` to standard output without holding up anything else. */
export async function toStdoutSoon(bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await Deno.stdout.write(bytes.subarray(done));
}

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = encoder.encode(text);
  try {
    for (let done = 0; done < bytes.length;) done += stream.writeSync(bytes.subarray(done));
  } catch (cause) {
    if (isTerminalGone(cause)) return; // Whoever serves others goes on.
    throw outputFault(cause);
  }
}

/** What to throw where standard output could not be written because of `cause`. */
export function outputFault(cause: unknown): BitTrickleError {
  if (cause instanceof Deno.errors.BrokenPipe || isTerminalGone(cause)) {
    return new BitTrickleError("reader_gone", "whoever read the output has left", { cause });
  }
  return new BitTrickleError("disk", `Cannot write the output: ${reasonOf(cause)}`, { cause });
}

function isTerminalGone(error: unknown): boolean {
  return (error as { code?: string }).code === "EIO";
}
