/**
 * Writing to standard output and standard error, in order. A reader that is slow, a pager that is not
 * scrolled or a terminal that is held with Ctrl-S, keeps nothing else waiting: what it has not taken
 * stays in memory.
 *
 * @module
 */

import { untilAborted } from "../async/until_aborted.ts";
import { withTimeout } from "../async/with_timeout.ts";
import { BitTrickleError, reasonOf } from "../errors.ts";
import { openStandardStreams, type StandardStream } from "./standard_streams.ts";

/** More bytes than any list or screen that a person reads: who makes more waits for the reader. */
const MOST_WAITING = 1_048_576;
/** How long whoever reads has for the rest once the program was asked to stop, in milliseconds. */
const STOPPING_MS = 1_000;

const encoder = new TextEncoder();

/** Where a program writes. A promise resolves when that is written, and rejects if it cannot be. */
export type Sink = (text: string) => void | Promise<void>;

let streams: ReturnType<typeof openStandardStreams> | undefined;
/** How much of standard error waits for whoever reads it, in UTF-16 units. */
let unread = 0;
/** Set once nobody reads standard output any more. */
let readerGone: BitTrickleError | undefined;

/**
 * Writes `text` to standard output. A terminal that is closed takes it without a word.
 *
 * @throws {BitTrickleError} `reader_gone` or `disk`, at once or by the promise
 */
export const toStdout: Sink = (text) => {
  if (readerGone) throw readerGone;
  return put(standard().out, text, failStdout);
};

/** Writes `text` to standard error, as far as that takes it: there is no other place to say so. */
export const toStderr: Sink = (text) => {
  if (unread > MOST_WAITING) return;
  const writing = put(standard().err, text, () => {});
  if (!writing) return;
  unread += text.length;
  return writing.finally(() => unread -= text.length);
};

/** Writes `bytes` to standard output, and resolves when that is done. */
export async function toStdoutSoon(bytes: Uint8Array): Promise<void> {
  const { queue, file } = standard().out;
  await queue.add(file, bytes);
}

/** Whether standard error has not taken yet what was written last. */
export function isStderrBusy(): boolean {
  return standard().err.queue.bytes > 0;
}

/** Whether so much waits for the reader of standard output that no more should be made for it. */
export function isStdoutFull(): boolean {
  return standard().out.queue.bytes > MOST_WAITING;
}

/** Waits, if {@linkcode isStdoutFull}, until the reader has taken all that waits now. */
export async function stdoutEased(): Promise<void> {
  if (isStdoutFull()) await standard().out.queue.written();
}

/**
 * Waits until all is written, for as long as that takes whoever reads it, but a second at most from
 * the moment that `signal` has fired.
 *
 * @throws {BitTrickleError} `reader_gone`
 */
export async function written(signal?: AbortSignal): Promise<void> {
  const queues = [standard().out.queue, standard().err.queue];
  const all = Promise.all(queues.map((queue) => queue.written()));
  await (signal ? untilAborted(all, signal) : all);
  if (signal?.aborted) {
    await withTimeout(all, STOPPING_MS);
    for (const queue of queues) queue.forget();
  }
  if (readerGone) throw readerGone;
}

/** What to throw where standard output could not be written because of `cause`. */
export function outputFault(cause: unknown): BitTrickleError {
  if (cause instanceof Deno.errors.BrokenPipe || isTerminalGone(cause)) {
    return new BitTrickleError("reader_gone", "whoever read the output has left", { cause });
  }
  return new BitTrickleError("disk", `Cannot write the output: ${reasonOf(cause)}`, { cause });
}

function standard(): ReturnType<typeof openStandardStreams> {
  return streams ??= openStandardStreams();
}

/** Writes `text` at once where that cannot last, and after what waits elsewhere. */
function put(
  { file, queue, mayWait }: StandardStream,
  text: string,
  onFault: (cause: unknown) => void,
): void | Promise<void> {
  if (text === "") return;
  const bytes = encoder.encode(text);
  if (mayWait || queue.bytes > 0) {
    const writing = queue.add(file, bytes).catch(onFault);
    writing.catch(() => {}); // Whoever does not wait for it is told by the next text.
    return writing;
  }
  try {
    for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
  } catch (cause) {
    onFault(cause);
  }
}

function failStdout(cause: unknown): void {
  if (isTerminalGone(cause)) return; // Whoever serves others goes on.
  const fault = outputFault(cause);
  if (fault.code === "reader_gone") readerGone = fault;
  throw fault;
}

function isTerminalGone(error: unknown): boolean {
  return (error as { code?: string }).code === "EIO";
}
