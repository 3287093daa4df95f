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
  /** Milliseconds until the last byte was written to the file. */
  readonly writtenMs: number;
  /** Milliseconds until the file was complete and on the disk. */
  readonly finishedMs: number;
}

/** What they run, and where. */
export interface PairOptions {
  /** Both scripts are called `<whose>_…`. */
  readonly whose: "our" | "bare";
  /** The folder that holds the file. */
  readonly source: string;
  /** The folder that the file goes to. */
  readonly target: string;
  readonly signal: AbortSignal;
}

/** Both processes. */
export class Pair implements AsyncDisposable {
  readonly #source: Child;
  readonly #downloader: Child;
  readonly #target: string;

  private constructor(source: Child, downloader: Child, target: string) {
    this.#source = source;
    this.#downloader = downloader;
    this.#target = `${target}/${FILE_NAME}`;
  }

  /** Starts them. */
  static async start({ whose, source, target, signal }: PairOptions): Promise<Pair> {
    const from = Child.start(`transfers/${whose}_source.ts`, [source, FILE_NAME], signal);
    try {
      const to = [await from.next(), target];
      return new Pair(from, Child.start(`transfers/${whose}_downloader.ts`, to, signal), target);
    } catch (error) {
      await from[Symbol.asyncDispose]();
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
    return `${text(this.#source)} + ${text(this.#downloader)} MiB`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#downloader[Symbol.asyncDispose]();
    await this.#source[Symbol.asyncDispose]();
  }
}
