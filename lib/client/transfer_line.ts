/**
 * How a transfer is shown in one line of a terminal. Pure.
 *
 * @module
 */

import { cutToWidth, displayWidth } from "../cli/display_width.ts";
import { escapeText } from "../protocol/escape.ts";
import { formatBytes } from "../protocol/format_bytes.ts";
import type { TransferState } from "./transfer_state.ts";

/** Columns of the label that figures leave, and of a wide line which part. The last figure leaves less. */
const LEAST_LABEL = { columns: 12, part: 1 / 3 } as const;
const GAP = "  ";
/** Longer times than these hours are no help. */
const MOST_HOURS = 99;
/** Columns of the inside of a bar. */
const BAR = 10;
/** All else is worth more space than the bar, but the word that says what figures say as well. */
const BAR_RANK = 7;

/** A figure, and how soon it gives way where there is no space: 0 never does. */
interface Figure {
  readonly rank: number;
  readonly text: string;
  /** What is shown in its place then. @default nothing */
  readonly short?: Figure;
}

/**
 * How a transfer is shown: the longest first. All are free of control characters.
 *
 * @param rate Bytes per second, if that is known
 */
export function detailsOf(state: TransferState, rate: number | undefined): readonly string[] {
  const figures = figuresOf(state, rate);
  const ranks = new Set(figures.flatMap(ranksOf));
  return [...ranks].sort((a, b) => b - a).map((rank) => {
    return figures.map((it) => textAt(it, rank)).filter((it) => it !== "").join(GAP);
  });
}

/** All of {@linkcode detailsOf} that is words, for where nothing is drawn over. */
export function wordsOf(state: TransferState, rate: number | undefined): string {
  return figuresOf(state, rate).filter((it) => it.rank !== BAR_RANK).map(({ text }) => text)
    .join(", ");
}

/**
 * `label` and the first of `details` that leaves space for it, in less than `columns`: a line that
 * fills the last column makes some terminals begin another.
 */
export function fitLine(label: string, details: readonly string[], columns: number): string {
  const width = columns - 1;
  const share = Math.max(LEAST_LABEL.columns, Math.floor(columns * LEAST_LABEL.part));
  const least = Math.min(displayWidth(label), share);
  const fits = (detail: string) => least + GAP.length + displayWidth(detail) <= width;
  const detail = details.find(fits) ?? details.at(-1);
  if (!detail) return cutToWidth(label, width);
  const left = width - GAP.length - displayWidth(detail);
  return cutToWidth(`${cutToWidth(label, left)}${GAP}${detail}`, width);
}

/** A rate, which is never rounded up: one that is limited is not shown as more. */
export function formatRate(rate: number): string {
  let unit = 1;
  while (rate / unit >= 1_000) unit *= 1_000;
  const tenths = unit === 1 ? 1 : 10;
  return `${formatBytes(Math.floor(rate / unit * tenths) / tenths * unit)}/s`;
}

function figuresOf(state: TransferState, rate: number | undefined): readonly Figure[] {
  return [...phaseFigures(state), ...byteFigures(state, rate), ...countFigures(state)];
}

function phaseFigures({ phase, queue }: TransferState): readonly Figure[] {
  switch (phase) {
    case "waiting":
      return [waitingFigure(queue)];
    case "verifying":
      return [{ rank: 5, text: "verifying what is there", short: { rank: 0, text: "verifying" } }];
    case "downloading":
      return [{ rank: 8, text: "downloading" }];
    default:
      return [{ rank: 0, text: phase }];
  }
}

function waitingFigure(queue: TransferState["queue"]): Figure {
  if (!queue) return { rank: 0, text: "waiting" };
  const place = `place ${queue.place}`;
  const short: Figure = { rank: 1, text: `waiting at ${place}`, short: { rank: 0, text: place } };
  return { rank: 3, text: `waiting at ${place} in the queue of ${escapeText(queue.user)}`, short };
}

function byteFigures(state: TransferState, rate: number | undefined): readonly Figure[] {
  const { phase, bytes, total } = state;
  if (phase === "finishing" || phase !== "downloading" && bytes === 0) return [];
  const done = formatBytes(bytes);
  const speed = isMoving(state) && rate !== undefined ? [{ rank: 2, text: formatRate(rate) }] : [];
  if (!total) return [{ rank: phase === "downloading" ? 0 : 4, text: done }, ...speed];
  const share = Math.min(1, bytes / total);
  return [
    { rank: BAR_RANK, text: barOf(share) },
    { rank: phase === "downloading" ? 0 : 1, text: `${Math.floor(share * 100)} %` },
    { rank: 4, text: `${done} of ${formatBytes(total)}` },
    ...speed,
    ...isMoving(state) && rate ? leftFigures((total - bytes) / rate) : [],
  ];
}

function countFigures({ phase, sources = 0, files }: TransferState): readonly Figure[] {
  const named = sources === 1 ? "1 source" : `${sources} sources`;
  return [
    ...phase === "downloading" && sources > 0 ? [{ rank: 6, text: named }] : [],
    ...files ? [{ rank: 5, text: `${files.done} of ${files.all} files` }] : [],
  ];
}

/** Whether the rate is one of this phase. */
function isMoving({ phase }: TransferState): boolean {
  return phase === "downloading" || phase === "hashing";
}

function barOf(share: number): string {
  const full = Math.floor(share * BAR);
  return `[${"=".repeat(full)}${" ".repeat(BAR - full)}]`;
}

function leftFigures(seconds: number): readonly Figure[] {
  return seconds > MOST_HOURS * 3_600 ? [] : [{ rank: 3, text: formatLeft(Math.max(0, seconds)) }];
}

/** A time as people read it: `7 s left`, `3 min left`. */
function formatLeft(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s left`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 100 ? `${minutes} min left` : `${Math.ceil(minutes / 60)} h left`;
}

function ranksOf({ rank, short }: Figure): number[] {
  return short ? [rank, ...ranksOf(short)] : [rank];
}

/** What is shown of a figure where all above `rank` give way. */
function textAt(figure: Figure, rank: number): string {
  if (figure.rank <= rank) return figure.text;
  return figure.short ? textAt(figure.short, rank) : "";
}
