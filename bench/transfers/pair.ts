/**
 * A process that sends a file and one that receives it.
 *
 * @module
 */

import { Child } from "../child.ts";
import { peakMemory } from "../proc.ts";
import { FILE_BYTES, FILE_NAME } from "./file.ts";

/** What the receiving process says about one transfer. */
export interface Transfer {
  readonly bytes: number;
  /** Milliseconds until the first piece was there, verified, where that is measured. */
  readonly firstMs?: number;
  /** Milliseconds until the last byte was written to the file. */
  readonly writtenMs: number;
  /** Milliseconds until the file was complete and on the disk. */
  readonly finishedMs: number;
}

/** What they run, and where. */
export interface PairOptions {
  /** Both scripts are called `<whose>_…`. */
  readonly whose: "our" | "bare" | "sealed";
  /** How many processes send. @default {1} */
  readonly sources?: number;
  /** The folder that holds the file. */
  readonly source: string;
  /** The folder that the file goes to. */
  readonly target: string;
  readonly signal: AbortSignal;
}

/** Those of the task that runs the client. */
const CLIENT_FLAGS = ["--v8-flags=--max-semi-space-size=1"];

/** All processes. */
export class Pair implements AsyncDisposable {
  readonly #sources: readonly Child[];
  readonly #downloader: Child;
  readonly #target: string;

  private constructor(sources: readonly Child[], downloader: Child, target: string) {
    this.#sources = sources;
    this.#downloader = downloader;
    this.#target = `${target}/${FILE_NAME}`;
  }

  /** Starts them. */
  static async start(options: PairOptions): Promise<Pair> {
    const { whose, sources: count = 1, source, target, signal } = options;
    const sources = Array.from({ length: count }, () => {
      return Child.start(`transfers/${whose}_source.ts`, [source, FILE_NAME], signal, CLIENT_FLAGS);
    });
    try {
      const lines = await Promise.all(sources.map((source) => source.next()));
      const to = [lines.join(","), target];
      const script = `transfers/${whose}_downloader.ts`;
      return new Pair(sources, Child.start(script, to, signal, CLIENT_FLAGS), target);
    } catch (error) {
      for (const source of sources) await source[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Transfers the file once, checks its size and removes the copy. */
  async transfer(): Promise<Transfer> {
    const transfer = await this.#downloader.ask<Transfer>(FILE_NAME);
    const { size } = await Deno.stat(this.#target);
    await Deno.remove(this.#target);
    if (size === FILE_BYTES && transfer.bytes === FILE_BYTES) return transfer;
    throw new Error(`a transfer brought ${transfer.bytes} bytes, ${size} of them on the disk`);
  }

  /** The most memory that either process ever held. */
  describeMemory(): string {
    const text = (child: Child) => peakMemory(child.pid)?.toFixed(0) ?? "?";
    return `${this.#sources.map(text).join(", ")} + ${text(this.#downloader)} MiB`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#downloader[Symbol.asyncDispose]();
    for (const source of this.#sources) await source[Symbol.asyncDispose]();
  }
}
