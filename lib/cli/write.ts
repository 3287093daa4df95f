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
 * Writes `text` to standard output.
 *
 * @throws {BitTrickleError} `disk`
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
    // Further writes fail the same way.
    if (isReaderGone(cause)) return;
    throw new BitTrickleError("disk", `Cannot write the output: ${reasonOf(cause)}`, { cause });
  }
}

/** Whether a write failed with `error` because its reader, or its terminal, is gone. */
export function isReaderGone(error: unknown): boolean {
  return error instanceof Deno.errors.BrokenPipe || (error as { code?: string }).code === "EIO";
}
