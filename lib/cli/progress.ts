/**
 * How far a download is, on a terminal.
 *
 * @module
 */

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

  /** Shows that `bytes` have come by `now`. */
  update(bytes: number, now: number): void {
    const elapsed = now - this.#drawnAt;
    if (elapsed < REDRAW_MS) return;
    if (bytes < this.#drawnBytes) this.#drawnBytes = 0; // Another source, from the beginning.
    const rate = (bytes - this.#drawnBytes) / elapsed * 1_000;
    this.#rate = this.#rate === 0 ? rate : this.#rate * (1 - NEWEST) + rate * NEWEST;
    this.#drawnAt = now;
    this.#drawnBytes = bytes;
    if (now - this.#started < QUIET_MS) return;
    this.#isShown = true;
    this.#sink(`\r\x1b[K${this.#label}  ${formatBytes(bytes)}  ${formatBytes(this.#rate)}/s`);
  }

  [Symbol.dispose](): void {
    if (this.#isShown) this.#sink("\r\x1b[K");
  }
}

/** `bytes` in decimal units, as operating systems show them: `420.0 MB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = Math.round(bytes);
  let unit = 0;
  // 999.95 is the least that would be shown as 1000.0.
  while (value >= (unit === 0 ? 1_000 : 999.95) && unit < units.length - 1) {
    value /= 1_000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
