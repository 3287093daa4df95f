/**
 * How a benchmark's processes talk: a line of text asks, a line of JSON answers.
 *
 * @module
 */

import { toStdout } from "../lib/cli/write.ts";

/** The lines of `stream`, without their ends; what follows the last end does not count. */
export async function* linesOf(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

/** Answers every line of the standard input, until it ends. */
export async function answerLines(answer: (line: string) => unknown): Promise<void> {
  for await (const line of linesOf(Deno.stdin.readable)) tell(await answer(line));
}

/** Says `value` as a line of JSON. */
export function tell(value: unknown): void {
  toStdout(`${JSON.stringify(value)}\n`);
}
