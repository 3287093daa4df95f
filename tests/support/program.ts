/**
 * The real programs, as processes.
 *
 * @module
 */

import { AssertionError } from "@std/assert";
import { fromFileUrl, resolve } from "@std/path";
import { jsonLines, writesJson } from "./json_lines.ts";
import { waitFor } from "./wait_for.ts";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));

/** How the two programs are started: from their sources, or as executables. */
export interface Programs {
  readonly server: readonly string[];
  readonly client: readonly string[];
}

// `--quiet`: without it Deno warns that permission sets are experimental, among the program's output.
const RUN = [Deno.execPath(), "run", "--quiet", "--no-prompt", `--config=${ROOT}deno.json`];

/** The programs run from their sources with the permission sets of `deno.json`. */
export const FROM_SOURCE: Programs = {
  server: [...RUN, "-P=server", "--v8-flags=--max-semi-space-size=8", `${ROOT}server.ts`],
  client: [...RUN, "-P=client", "--v8-flags=--max-semi-space-size=1", `${ROOT}client.ts`],
};

/** The executables of both programs, in `folder`. */
export function executablesIn(folder: string): Programs {
  const suffix = Deno.build.os === "windows" ? ".exe" : "";
  const pathOf = (name: string) => [resolve(folder, `bittrickle-${name}${suffix}`)];
  return { server: pathOf("server"), client: pathOf("client") };
}

/** The same, which believe to be on Windows, see `as_windows.ts`. */
export const AS_ON_WINDOWS: Programs = {
  server: asOnWindows(FROM_SOURCE.server),
  client: asOnWindows(FROM_SOURCE.client),
};

/** The environment of a user without a configuration, whoever runs the tests. */
export const NOT_CONFIGURED = { XDG_CONFIG_HOME: fromFileUrl(new URL(".", import.meta.url)) };

/** How a {@linkcode Program} is started. */
export interface ProgramOptions {
  /** The working directory. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A running program whose input is typed and whose output is awaited. */
export class Program implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reading: Promise<unknown>;
  readonly #writesJson: boolean;
  /** What the program has written so far. */
  stdout = "";
  stderr = "";
  #seen = 0;

  constructor(words: readonly string[], { cwd, env }: ProgramOptions = {}) {
    const [name, ...args] = words;
    this.#writesJson = writesJson(words);
    const command = new Deno.Command(name!, {
      args,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      ...cwd === undefined ? {} : { cwd },
      env: { ...NOT_CONFIGURED, ...env },
    });
    this.#child = command.spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#reading = Promise.all([
      collect(this.#child.stdout, (text) => this.stdout += text),
      collect(this.#child.stderr, (text) => this.stderr += text),
    ]);
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Types a line. */
  async type(line: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(`${line}\n`));
  }

  /** Types a line and waits until standard output has shown `expected` after it. */
  async ask(line: string, expected: string): Promise<void> {
    this.#seen = this.stdout.length;
    await this.type(line);
    await this.shows(expected);
  }

  /** Waits until standard output shows `expected` beyond what was waited for before. */
  async shows(expected: string, ms = 15_000): Promise<void> {
    await waitFor(`"${expected}"`, () => this.stdout.indexOf(expected, this.#seen) >= 0, ms)
      .catch((error) => {
        throw new AssertionError(
          `${error.message}\nstdout: ${this.stdout}\nstderr: ${this.stderr}`,
        );
      });
    this.#seen = this.stdout.indexOf(expected, this.#seen) + expected.length;
  }

  /** Waits until standard error holds `expected`. */
  async warns(expected: string, ms = 10_000): Promise<void> {
    await waitFor(`"${expected}"`, () => this.stderr.includes(expected), ms).catch((error) => {
      throw new AssertionError(`${error.message}\nstderr: ${this.stderr}`);
    });
  }

  /** Ends the program's input. */
  async endInput(): Promise<void> {
    await this.#input.close().catch(() => {});
  }

  /** Sends a signal. */
  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /**
   * Waits for the end and returns the exit code.
   *
   * @throws {AssertionError} for a line of JSON that the schema does not know
   */
  async ends(): Promise<number> {
    const { code } = await this.#child.status;
    await this.#reading;
    if (this.#writesJson) jsonLines(this.stdout);
    return code;
  }

  /** Types the last `lines`, ends the input and waits for the program's end. */
  async finish(...lines: readonly string[]): Promise<Ended> {
    for (const line of lines) await this.type(line);
    await this.endInput();
    return Object.assign(this, { code: await this.ends() });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await this.endInput();
    await this.ends();
  }
}

/** A program that has ended, with its exit code. */
export type Ended = Program & { readonly code: number };

async function collect(stream: ReadableStream<Uint8Array>, take: (text: string) => void) {
  for await (const text of stream.pipeThrough(new TextDecoderStream())) take(text);
}

function asOnWindows([deno = "", run = "", ...words]: readonly string[]): string[] {
  return [deno, run, `--preload=${ROOT}tests/support/as_windows.ts`, ...words];
}
