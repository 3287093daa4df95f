/**
 * The file that is transferred.
 *
 * @module
 */

/** Its name. */
export const FILE_NAME = "a-gibibyte.bin";

/** Its size. */
export const FILE_BYTES = 1_024 * 1_024 * 1_024;

const RANDOM_BYTES = 65_536; // the most that one call gives
const CHUNK_BYTES = 1_024 * 1_024;

/** Makes the file at `path`, all of it on the disk before the first transfer. */
export async function makeFile(path: string, signal: AbortSignal): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true });
  const chunk = new Uint8Array(CHUNK_BYTES);
  for (let size = 0; size < FILE_BYTES; size += chunk.length) {
    signal.throwIfAborted();
    crypto.getRandomValues(chunk.subarray(0, RANDOM_BYTES));
    for (let done = 0; done < chunk.length;) done += await file.write(chunk.subarray(done));
  }
  await file.sync();
}
