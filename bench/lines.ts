/**
 * How a benchmark's processes talk: a line of text asks, a line of JSON answers.
 *
 * @module
 */

import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { toStdout } from "../lib/cli/write.ts";

/** The lines of `stream`, without their ends. */
export function linesOf(stream: ReadableStream<Uint8Array>): AsyncIterableIterator<string> {
  return createInterface({ input: Readable.fromWeb(stream) })[Symbol.asyncIterator]();
}

/** Answers every line of the standard input, until it ends. */
export async function answerLines(answer: (line: string) => unknown): Promise<void> {
  for await (const line of linesOf(Deno.stdin.readable)) tell(await answer(line));
}

/** Says `value` as a line of JSON. */
export function tell(value: unknown): void {
  toStdout(`${JSON.stringify(value)}\n`);
}
