/**
 * Processes of a benchmark: told what to do by lines on their standard input, answering by lines on
 * their standard output, and ended with the benchmark.
 *
 * @module
 */

import { linesOf } from "./lines.ts";

const encoder = new TextEncoder();

/** A running process. Disposing of it ends it. */
export class Child implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;

  constructor(readonly name: string, process: Deno.ChildProcess) {
    this.#process = process;
    this.#lines = linesOf(process.stdout);
    this.#input = process.stdin.getWriter();
  }

  /** Its process number. */
  get pid(): number {
    return this.#process.pid;
  }

  /** The data of the next line of JSON that it says. */
  async next<T>(): Promise<T> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`${this.name} ended before its time`);
    return JSON.parse(value) as T;
  }

  /** Says `line` and returns the answer. */
  async ask<T>(line = ""): Promise<T> {
    await this.#input.write(encoder.encode(`${line}\n`));
    return await this.next<T>();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGTERM");
    } catch {
      // It has ended already.
    }
    await this.#process.status;
    await this.#lines.return?.();
    await this.#input.close().catch(() => {});
  }
}
