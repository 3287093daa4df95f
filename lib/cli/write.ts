/**
 * Writing to standard output and standard error, whole and at once.
 *
 * @module
 */

const encoder = new TextEncoder();

/** Where a program writes. */
export type Sink = (text: string) => void;

/** Writes `text` to standard output. */
export const toStdout: Sink = (text) => writeAll(Deno.stdout, text);

/** Writes `text` to standard error. */
export const toStderr: Sink = (text) => writeAll(Deno.stderr, text);

/** Writes `bytes` to standard output without holding up anything else. */
export async function toStdoutSoon(bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await Deno.stdout.write(bytes.subarray(done));
}

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = encoder.encode(text);
  try {
    for (let done = 0; done < bytes.length;) done += stream.writeSync(bytes.subarray(done));
  } catch (error) {
    // Whoever read this has left, or its terminal has; what follows fails the same way.
    if (!(error instanceof Deno.errors.BrokenPipe) && codeOf(error) !== "EIO") throw error;
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as { code?: string }).code;
}
