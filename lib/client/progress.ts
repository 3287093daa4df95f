/**
 * How far a download is, on a terminal.
 *
 * @module
 */

import { formatBytes } from "../protocol/format_bytes.ts";
import { cutToWidth, displayWidth } from "../cli/display_width.ts";
import type { StatusLine } from "../cli/live_area.ts";

/** Shortest time between two redrawings, in milliseconds. */
const REDRAW_MS = 100;
/** A download that is done sooner shows no progress, in milliseconds. */
const QUIET_MS = 500;
/** How long nothing may move before a place in a queue is shown, in milliseconds. */
const STILL_MS = 1_000;
/** Weight of the newest rate in the moving average. */
const NEWEST = 0.3;
/** Columns of the label that figures leave, unless they are the last that can be shown. */
const LEAST_LABEL = 12;
const GAP = "  ";

/** How one transfer goes: a line that fits the width of the terminal and is gone at the end. */
export class Progress implements Disposable {
  readonly #line: StatusLine | undefined;
  readonly #started: number;
  #figures: readonly string[] = [];
  /** What was told since the figures were drawn. */
  #news: { readonly bytes: number; readonly total: number | undefined } | undefined;
  /** Draws what is told before that may be drawn. */
  #later: ReturnType<typeof setTimeout> | undefined;
  #drawnAt: number;
  #movedAt = -Infinity;
  #measuredAt: number;
  #bytes = 0;
  #rate = 0;
  /** The place in a queue that is told. */
  #place: string | undefined;

  /**
   * @param label What the transfer is called
   * @param line Where to draw. If there is none, nothing is drawn.
   * @param now The time in milliseconds of any steady clock.
   */
  constructor(public label: string, line: StatusLine | undefined, now: number) {
    this.#line = line;
    this.#started = now;
    this.#drawnAt = now;
    this.#measuredAt = now;
  }

  /** Shows that `bytes` are there by `now`, of `total` if that is known. */
  update(bytes: number, now: number, total?: number): void {
    this.#movedAt = now;
    this.#news = { bytes, total };
    if (this.#isDue(now)) return this.#drawFigures(now);
    const due = Math.max(this.#drawnAt + REDRAW_MS, this.#started + QUIET_MS);
    this.#later ??= setTimeout(() => this.#drawFigures(due), due - now);
  }

  /** Notes that a source sends something, of which {@linkcode update} tells when it is complete. */
  flow(now: number): void {
    this.#movedAt = now;
    if (this.#isDue(now)) this.#drawFigures(now);
  }

  /** Shows the place in a queue while nothing moves. */
  queue(user: string, position: number, now: number): void {
    if (now - this.#movedAt < STILL_MS || now - this.#drawnAt < REDRAW_MS) return;
    const place = `place ${position} in the queue`;
    this.#place = `${place} of ${user}`;
    this.#draw([this.#place, place, `place ${position}`], now);
  }

  /** How it goes, for whoever asks; empty before that is known. */
  get summary(): string {
    return this.#place ?? this.#figures[0] ?? "";
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#later);
    this.#line?.[Symbol.dispose]();
  }

  /** A place in a queue goes as soon as something moves. */
  #isDue(now: number): boolean {
    return this.#place !== undefined || now - this.#drawnAt >= REDRAW_MS;
  }

  #drawFigures(now: number): void {
    clearTimeout(this.#later);
    this.#later = undefined;
    this.#place = undefined;
    if (this.#news) {
      const { bytes, total } = this.#news;
      this.#measure(bytes, now);
      this.#figures = figuresOf(bytes, total, this.#rate);
      this.#news = undefined;
    }
    this.#draw(this.#figures, now);
  }

  #measure(bytes: number, now: number): void {
    if (bytes < this.#bytes) this.#bytes = 0; // Another source, from the beginning.
    const rate = (bytes - this.#bytes) / (now - this.#measuredAt) * 1_000;
    this.#rate = this.#rate === 0 ? rate : this.#rate * (1 - NEWEST) + rate * NEWEST;
    this.#bytes = bytes;
    this.#measuredAt = now;
  }

  #draw(details: readonly string[], now: number): void {
    this.#drawnAt = now;
    if (!this.#line || now - this.#started < QUIET_MS) return;
    this.#line.show(fitLine(this.label, details, this.#line.columns));
  }
}

/**
 * `label` and the first of `details` that leaves space for it, in less than `columns`: a line that
 * fills the last column makes some terminals begin another.
 */
export function fitLine(label: string, details: readonly string[], columns: number): string {
  const width = columns - 1;
  const least = Math.min(displayWidth(label), LEAST_LABEL);
  const fits = (detail: string) => least + GAP.length + displayWidth(detail) <= width;
  const detail = details.find(fits) ?? details.at(-1);
  if (detail === undefined) return cutToWidth(label, width);
  const left = width - GAP.length - displayWidth(detail);
  return cutToWidth(`${cutToWidth(label, left)}${GAP}${detail}`, width);
}

/** What to tell of a download, the most informative one first. */
function figuresOf(bytes: number, total: number | undefined, rate: number): readonly string[] {
  const done = formatBytes(bytes);
  const speed = `${formatBytes(rate)}/s`;
  if (!total) return [`${done}${GAP}${speed}`, done];
  const share = `${Math.floor(bytes / total * 100)} %`;
  const all = `${done} of ${formatBytes(total)} ${share}${GAP}${speed}`;
  const left = rate > 0 ? [`${all}${GAP}${formatLeft((total - bytes) / rate)}`] : [];
  return [...left, all, `${share}${GAP}${speed}`, share];
}

/** A time as people read it: `7 s left`, `3 min left`. */
function formatLeft(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s left`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 100 ? `${minutes} min left` : `${Math.ceil(minutes / 60)} h left`;
}
