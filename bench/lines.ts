/**
 * How a benchmark's processes talk: a line of text asks, a line of JSON answers.
 *
 * @module
 */

import { toStdout } from "../lib/cli/write.ts";

/** The lines of `stream`, without their ends; what follows the last end does not count. */
export async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
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
