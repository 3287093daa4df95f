/**
 * A log with a gap: lines that could not be written, and were counted.
 *
 * @module
 */

import type { Address } from "../../protocol/address.ts";
import { LogLines } from "./log_lines.ts";
import type { LogEvent } from "./log_text.ts";

/** Where lines go, in UTF-8. Slow or broken, it must not stop the server. */
export type LogSink = (lines: Uint8Array) => Promise<void>;

/** Adds a line about an event, and returns whether it fitted. */
export type PutLine = (lines: LogLines, event: LogEvent, time: number) => boolean;

/** Hears how writing goes. */
export interface LogWatcher {
  /** Hears that lines cannot be written, once for each fault and once a minute at most. */
  readonly onFault?: (error: unknown) => void;
  /** Hears that they can again, after a fault that was told, and how many were lost. */
  readonly onRecovery?: (lines: number) => void;
}

/** How often it is told at most that lines cannot be written, in milliseconds: a disk may fail by turns. */
const TELL_MS = 60_000;

/** Enough for the line that tells of the others, in bytes. */
const LINE_BYTES = 1_024;

const NEWLINE = 0x0a;

/** Why only the first bytes of what was to be written are. */
export class TornWrite extends Error {
  /** @param written How many bytes */
  constructor(readonly written: number, override readonly cause: unknown) {
    super("not all of it was written", { cause });
  }
}

/** Writes lines, and where some are missing, how many. */
export class GapSink {
  readonly #sink: LogSink;
  readonly #put: PutLine;
  readonly #watcher: LogWatcher;
  #lost = 0;
  #isTold = false;
  #toldAt = -Infinity;

  constructor(sink: LogSink, put: PutLine, watcher: LogWatcher) {
    this.#sink = sink;
    this.#put = put;
    this.#watcher = watcher;
  }

  /** Writes `lines`, which `from` has caused; or counts them. Never rejects. */
  async write(lines: Uint8Array, from: Address): Promise<void> {
    try {
      if (this.#lost > 0) await this.#tellLost(from);
    } catch {
      return this.#lose(lines);
    }
    try {
      await this.#sink(lines);
    } catch (error) {
      this.#fail(lines, error);
    }
  }

  async #tellLost(from: Address): Promise<void> {
    const line = new LogLines(LINE_BYTES);
    this.#put(line, { kind: "unwritten", from, lines: this.#lost }, Date.now());
    await this.#sink(line.bytes);
    if (this.#isTold) this.#watcher.onRecovery?.(this.#lost);
    this.#lost = 0;
    this.#isTold = false;
  }

  #fail(lines: Uint8Array, error: unknown): void {
    const torn = error instanceof TornWrite ? error : new TornWrite(0, error);
    this.#lose(lines.subarray(torn.written));
    if (performance.now() - this.#toldAt < TELL_MS) return;
    this.#toldAt = performance.now();
    this.#isTold = true;
    this.#watcher.onFault?.(torn.cause);
  }

  #lose(lines: Uint8Array): void {
    for (const byte of lines) if (byte === NEWLINE) this.#lost++;
  }
}
