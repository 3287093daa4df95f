/**
 * How far a download is, on a terminal.
 *
 * @module
 */

import { formatBytes } from "../protocol/format_bytes.ts";
import type { Sink } from "./write.ts";

/** Shortest time between two redrawings, in milliseconds. */
const REDRAW_MS = 100;
/** A download that is done sooner shows no progress, in milliseconds. */
const QUIET_MS = 500;
/** Weight of the newest rate in the moving average. */
const NEWEST = 0.3;

/** One line on a terminal that is redrawn in place and wiped at the end. */
export class Progress implements Disposable {
  readonly #label: string;
  readonly #sink: Sink;
  readonly #started: number;
  #drawnAt: number;
  #drawnBytes = 0;
  #rate = 0;
  #isShown = false;

  /** @param now The time in milliseconds of any steady clock. */
  constructor(label: string, sink: Sink, now: number) {
    this.#label = label;
    this.#sink = sink;
    this.#started = now;
    this.#drawnAt = now;
  }

  /** Shows that `bytes` are there by `now`, of `total` if that is known. */
  update(bytes: number, now: number, total?: number): void {
    const elapsed = now - this.#drawnAt;
    if (elapsed < REDRAW_MS) return;
    if (bytes < this.#drawnBytes) this.#drawnBytes = 0; // Another source, from the beginning.
    const rate = (bytes - this.#drawnBytes) / elapsed * 1_000;
    this.#rate = this.#rate === 0 ? rate : this.#rate * (1 - NEWEST) + rate * NEWEST;
    this.#drawnBytes = bytes;
    const share = total ? [`of ${formatBytes(total)}`, `${Math.floor(bytes / total * 100)} %`] : [];
    const figures = [formatBytes(bytes), ...share].join(" ");
    const left = total && this.#rate > 0 ? `  ${formatLeft((total - bytes) / this.#rate)}` : "";
    this.#draw(`${figures}  ${formatBytes(this.#rate)}/s${left}`, now);
  }

  /** Shows what is waited for. */
  wait(text: string, now: number): void {
    this.#draw(text, now);
  }

  /** Makes the line free for something else. */
  wipe(): void {
    if (this.#isShown) this.#sink("\r\x1b[K");
    this.#isShown = false;
  }

  [Symbol.dispose](): void {
    this.wipe();
  }

  #draw(text: string, now: number): void {
    this.#drawnAt = now;
    if (now - this.#started < QUIET_MS) return;
    this.#isShown = true;
    this.#sink(`\r\x1b[K${this.#label}  ${text}`);
  }
}

/** A time as people read it: `7 s left`, `3 min left`. */
function formatLeft(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s left`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 100 ? `${minutes} min left` : `${Math.ceil(minutes / 60)} h left`;
}
