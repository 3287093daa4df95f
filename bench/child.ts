/**
 * Processes of a benchmark: told what to do by lines on their standard input, answering by lines on
 * their standard output, and ended with the benchmark.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { linesOf } from "./lines.ts";

const encoder = new TextEncoder();

/** A running process. Disposing of it ends it. */
export class Child implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #lines: AsyncGenerator<string>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #name: string;

  private constructor(name: string, process: Deno.ChildProcess) {
    this.#name = name;
    this.#process = process;
    this.#lines = linesOf(process.stdout);
    this.#input = process.stdin.getWriter();
  }

  /**
   * Starts the Deno program `script`, a path from this folder, until `signal` fires.
   *
   * @param flags Flags of Deno
   */
  static start(
    script: string,
    args: readonly string[],
    signal: AbortSignal,
    flags: readonly string[] = [],
  ): Child {
    return Child.#spawn(script, Deno.execPath(), denoArgs(script, args, flags), signal);
  }

  /** As {@linkcode Child.start}, with the standard output going to the file `output`. */
  static startWritingTo(
    output: string,
    script: string,
    args: readonly string[],
    signal: AbortSignal,
  ): Child {
    const shell = ["-c", 'exec "$@" >"$0"', output, Deno.execPath(), ...denoArgs(script, args)];
    return Child.#spawn(script, "sh", shell, signal);
  }

  /** Starts a program that is no part of this project. */
  static startProgram(command: string, args: readonly string[], signal: AbortSignal): Child {
    return Child.#spawn(
      command,
      "sh",
      ["-c", 'exec "$0" "$@" >/dev/null 2>&1', command, ...args],
      signal,
    );
  }

  /** As {@linkcode Child.start}, with V8's garbage collection to be called. */
  static startCollecting(script: string, args: readonly string[], signal: AbortSignal): Child {
    const [run, ...rest] = denoArgs(script, args);
    return Child.#spawn(script, Deno.execPath(), [run!, "--v8-flags=--expose-gc", ...rest], signal);
  }

  /** As {@linkcode Child.start}, with as many open files as the system allows. */
  static startWithManyFiles(script: string, args: readonly string[], signal: AbortSignal): Child {
    const shell = ["-c", 'ulimit -n "$(ulimit -Hn)"; exec "$0" "$@"', Deno.execPath()];
    return Child.#spawn(script, "sh", [...shell, ...denoArgs(script, args)], signal);
  }

  /** Its process number. */
  get pid(): number {
    return this.#process.pid;
  }

  /** The next line that it says. */
  async next(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`${this.#name} ended before its time`);
    return value;
  }

  /** All lines from now until it ends, which has to be well. */
  async *rest(): AsyncGenerator<string> {
    yield* this.#lines;
    const { success } = await this.#process.status;
    if (!success) throw new Error(`${this.#name} failed`);
  }

  /** Says `line` and returns the answer, the data of one line of JSON. */
  async ask<T>(line = ""): Promise<T> {
    await this.#input.write(encoder.encode(`${line}\n`));
    return JSON.parse(await this.next()) as T;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGTERM");
    } catch {
      // It has ended already.
    }
    await this.#process.status;
    await this.#lines.return(undefined).catch(() => {});
    await this.#input.close().catch(() => {});
  }

  static #spawn(name: string, command: string, args: string[], signal: AbortSignal): Child {
    signal.throwIfAborted();
    const options = { args, signal, stdin: "piped", stdout: "piped" } as const;
    return new Child(name, new Deno.Command(command, options).spawn());
  }
}

function denoArgs(
  script: string,
  args: readonly string[],
  flags: readonly string[] = [],
): string[] {
  const path = fromFileUrl(new URL(script, import.meta.url));
  return ["run", "--quiet", "-A", ...flags, path, ...args];
}
